package dev.forebay.server.setting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
  @TempDir Path folder = Path.of("set by JUnit");

  @Test
  void tellsOfNewContentOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "one");
    var watched = new WatchedFiles(Set.of(file));
    assertThat(watched.changed()).isFalse();
    Files.writeString(file, "two");
    assertThat(watched.changed()).isTrue();
    assertThat(watched.changed()).isFalse();
  }

  @Test
  void aTouchedFileSaysNothingNew() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "one");
    var watched = new WatchedFiles(Set.of(file));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    Files.delete(file);
    Files.writeString(file, "one");
    assertThat(watched.changed()).isFalse();
  }

  @Test
  void contentOfTheSameLengthAndTimeIsSeenToDiffer() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "one");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    var watched = new WatchedFiles(Set.of(file));
    Files.writeString(file, "two");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertThat(watched.changed()).isTrue();
  }

  @Test
  void seesAFileThatAnEditorReplaces() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "one");
    var watched = new WatchedFiles(Set.of(file));
    Path draft = Files.writeString(folder.resolve("a.draft"), "two");
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    assertThat(watched.changed()).isTrue();
  }

  @Test
  void seesASymbolicLinkToAFolderSwapped() throws IOException {
    for (String version : new String[] {"v1", "v2"}) {
      Files.writeString(Files.createDirectory(folder.resolve(version)).resolve("a"), version);
    }
    Path link = Files.createSymbolicLink(folder.resolve("data"), Path.of("v1"));
    var watched = new WatchedFiles(Set.of(link.resolve("a")));
    Path next = Files.createSymbolicLink(folder.resolve("data_tmp"), Path.of("v2"));
    Files.move(next, link, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    assertThat(watched.changed()).isTrue();
  }

  @Test
  void aMissingFileIsOneMoreContent() throws IOException {
    Path file = folder.resolve("a");
    var watched = new WatchedFiles(Set.of(file));
    assertThat(watched.changed()).isFalse();
    Files.writeString(file, "");
    assertThat(watched.changed()).isTrue();
    Files.delete(file);
    assertThat(watched.changed()).isTrue();
    assertThat(watched.changed()).isFalse();
  }

  @Test
  void anyFileOfTheSetCounts() throws IOException {
    Path one = Files.writeString(folder.resolve("a"), "one");
    Path two = Files.writeString(folder.resolve("b"), "two");
    var watched = new WatchedFiles(Set.of(one, two));
    Files.writeString(two, "other");
    assertThat(watched.changed()).isTrue();
    assertThat(watched.paths()).containsExactlyInAnyOrder(one, two);
  }
}
