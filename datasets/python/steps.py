"""Descends towards a minimum and prints how far it has come, so that a pruner can end it early."""
import argparse
import json

parser = argparse.ArgumentParser()
parser.add_argument("--params", required=True)
args = parser.parse_args()

with open(args.params) as file:
    rate = json.load(file)["rate"]
x = 5.0
for step in range(20):
    x -= rate * 2 * x
    print(json.dumps({"step": step, "value": x**2}), flush=True)
print(json.dumps({"score": x**2}))
