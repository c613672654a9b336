package dev.forebay.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.config.Tree.Mapping;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReferenceTest {
  private final Reference reference = Reference.load();

  @Test
  void everyComponentHasAKeyWithACommentAndEveryKeyAComponent() {
    var components = new TreeSet<String>();
    collect(GatewayConfig.class, "", components);

    assertThat(new TreeSet<>(reference.comments().keySet())).isEqualTo(components);
    var keys = new TreeSet<String>();
    collect(reference.tree(), "", keys);
    components.removeIf(path -> path.contains("[]."));
    assertThat(keys).isEqualTo(components);
  }

  @Test
  void commentsAreOneLineThatStandsForItself() {
    reference
        .comments()
        .forEach(
            (path, comment) -> assertThat(comment).as(path).hasSizeBetween(10, 140).isNotBlank());
    assertThat(reference.comments())
        .containsEntry("monitor", "Layer 7: how the whole is judged.")
        .containsEntry("monitor.every", "time between two readings; 1s..1h");
  }

  private static void collect(Type type, String path, Set<String> paths) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Type each = arguments[arguments.length - 1];
      boolean list = generic.getRawType() == java.util.List.class;
      String form = list ? Reference.itemsOf(path) : Reference.entriesOf(path);
      if (!list && each instanceof Class<?> group && isShownAt(group, form)) {
        paths.add(form);
      }
      collect(each, form, paths);
    } else if (type instanceof Class<?> single && isShownAt(single, path)) {
      for (RecordComponent component : single.getRecordComponents()) {
        String name = Binder.join(path, component.getName());
        paths.add(name);
        collect(component.getGenericType(), name, paths);
      }
    }
  }

  private static boolean isShownAt(Class<?> type, String path) {
    return Binder.isGroup(type) && Reference.formOf(type, path).equals(path);
  }

  private static void collect(Tree tree, String path, Set<String> paths) {
    if (tree instanceof Mapping(var entries, _)) {
      entries.forEach((key, value) -> {
        paths.add(Binder.join(path, key));
        collect(value, Binder.join(path, key), paths);
      });
    }
  }
}
