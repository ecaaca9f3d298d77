package dev.assay.tests;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What callers depend on of a class, a line for the class itself and for each member: names, types,
 * what may be null, exceptions, values of constants, record components and enum constants in order.
 */
final class ApiLines {
  /** Every class has them. */
  private static final Set<String> OBJECT = Set.of("equals", "hashCode", "toString");

  private static final Set<String> ENUM = Set.of("values", "valueOf");
  private static final int SHOWN =
      Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;

  private final Class<?> type;
  private final String name;
  private final List<String> lines = new ArrayList<>();

  private ApiLines(Class<?> type) {
    this.type = type;
    this.name = type.getName().replace('$', '.');
  }

  /** The lines of a class; none where callers cannot see it. */
  static List<String> of(Class<?> type) {
    ApiLines api = new ApiLines(type);
    for (Class<?> each = type; each != null; each = each.getDeclaringClass()) {
      if (!isVisible(each.getModifiers())) {
        return List.of();
      }
    }
    api.add();
    return api.lines;
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private void add() {
    lines.add("%s: %s".formatted(name, head()));
    for (Field field : type.getDeclaredFields()) {
      if (isVisible(field.getModifiers()) && !field.isSynthetic() && !field.isEnumConstant()) {
        line(
            modifiers(field.getModifiers()),
            "%s %s%s".formatted(text(field.getAnnotatedType()), field.getName(), value(field)));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isVisible(constructor.getModifiers()) && !isCanonical(constructor)) {
        line(modifiers(constructor.getModifiers()), "new" + parameters(constructor));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isVisible(method.getModifiers()) && !isEverywhere(method)) {
        line(
            modifiers(method.getModifiers()),
            "%s%s %s%s"
                .formatted(
                    typeParameters(method.getTypeParameters()),
                    text(method.getAnnotatedReturnType()),
                    method.getName(),
                    parameters(method)));
      }
    }
  }

  private void line(String modifiers, String member) {
    lines.add("%s: %s%s".formatted(name, modifiers, member));
  }

  private static String modifiers(int modifiers) {
    String text = Modifier.toString(modifiers & SHOWN);
    return text.isEmpty() ? "" : text + " ";
  }

  private String head() {
    String kind =
        type.isRecord()
            ? "record"
            : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
    StringBuilder head = new StringBuilder(modifiers(type.getModifiers()));
    head.append(type.isSealed() ? "sealed " : "").append(kind);
    head.append(typeParameters(type.getTypeParameters()));
    if (type.isRecord()) {
      head.append(
          Stream.of(type.getRecordComponents())
              .map(component -> text(component.getAnnotatedType()) + " " + component.getName())
              .collect(Collectors.joining(", ", "(", ")")));
    }
    if (type.isEnum()) {
      head.append(Arrays.toString(type.getEnumConstants()));
    }
    Type parent = type.getGenericSuperclass();
    if (parent != null && parent != Object.class && !type.isRecord() && !type.isEnum()) {
      head.append(" extends ").append(plain(parent));
    }
    Stream.of(type.getGenericInterfaces())
        .forEach(i -> head.append(" implements ").append(plain(i)));
    return head.toString();
  }

  private static String typeParameters(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Stream.of(variables)
            .map(
                variable ->
                    variable.getBounds()[0] == Object.class
                        ? variable.getName()
                        : variable.getName() + " extends " + plain(variable.getBounds()[0]))
            .collect(Collectors.joining(", ", "<", "> "));
  }

  private static String parameters(Executable executable) {
    String thrown =
        Stream.of(executable.getGenericExceptionTypes())
            .map(ApiLines::plain)
            .collect(Collectors.joining(", "));
    return Stream.of(executable.getAnnotatedParameterTypes())
            .map(ApiLines::text)
            .collect(Collectors.joining(", ", "(", ")"))
        + (thrown.isEmpty() ? "" : " throws " + thrown);
  }

  /** What other programs have compiled in. */
  private static String value(Field field) {
    boolean constant =
        Modifier.isStatic(field.getModifiers())
            && Modifier.isFinal(field.getModifiers())
            && (field.getType().isPrimitive() || field.getType() == String.class);
    try {
      return constant ? " = " + field.get(null) : "";
    } catch (IllegalAccessException e) {
      return "";
    }
  }

  private boolean isEverywhere(Method method) {
    String called = method.getName();
    boolean accessor =
        type.isRecord()
            && method.getParameterCount() == 0
            && Stream.of(type.getRecordComponents())
                .anyMatch(component -> component.getName().equals(called));
    return method.isSynthetic()
        || OBJECT.contains(called)
        || accessor
        || (type.isEnum() && ENUM.contains(called));
  }

  private boolean isCanonical(Constructor<?> constructor) {
    return type.isRecord()
        && Arrays.equals(
            constructor.getParameterTypes(),
            Stream.of(type.getRecordComponents()).map(RecordComponent::getType).toArray());
  }

  private static String text(AnnotatedType annotated) {
    String nullable = annotated.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
    if (annotated instanceof AnnotatedArrayType array) {
      return text(array.getAnnotatedGenericComponentType())
          + (nullable.isEmpty() ? "" : " " + nullable)
          + "[]";
    }
    if (annotated instanceof AnnotatedParameterizedType parameterized
        && parameterized.getType() instanceof ParameterizedType raw) {
      return nullable
          + plain(raw.getRawType())
          + Stream.of(parameterized.getAnnotatedActualTypeArguments())
              .map(ApiLines::text)
              .collect(Collectors.joining(", ", "<", ">"));
    }
    if (annotated instanceof AnnotatedWildcardType wildcard) {
      return wildcard.getAnnotatedLowerBounds().length > 0
          ? "? super " + text(wildcard.getAnnotatedLowerBounds()[0])
          : "? extends " + text(wildcard.getAnnotatedUpperBounds()[0]);
    }
    return nullable + plain(annotated.getType());
  }

  /** Without packages: no two classes of one name meet here. */
  private static String plain(Type type) {
    return type.getTypeName().replaceAll("\\b([a-z_0-9]+\\.)+(?=[A-Z])", "").replace('$', '.');
  }
}
