@NullMarked
package dev.assay.tests;

import org.jspecify.annotations.NullMarked;
