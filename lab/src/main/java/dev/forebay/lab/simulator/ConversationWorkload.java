package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Wishes.Wish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Many conversations of four tenants, side by side: a turn is the next one of any of them, and its
/// prompt is all that was said before. All of a tenant's begin with the same instructions.
///
/// @param engine which remembers the beginnings of prompts
/// @param open conversations at any time; the more, the longer until one goes on
/// @param turns of a conversation, on average
/// @param instructions tokens
public record ConversationWorkload(
    String name, EngineSpec engine, int open, int turns, int instructions) implements Workload {
  private static final int TENANTS = 4;
  private static final int QUESTION_MEDIAN = 100;
  private static final double QUESTION_SIGMA = 1;
  private static final int ANSWER_MEDIAN = 200;
  private static final double ANSWER_SIGMA = 0.7;
  private static final int LONGEST = 4_096;
  private static final int LONGEST_PROMPT = 30_000;

  /// As people chat: some turns, of some thousand tokens in the end.
  public static final ConversationWorkload CHATS =
      new ConversationWorkload(
          "conversation", EngineSpec.LONG_PROMPTS.withPrefixCache(), 800, 6, 1_024);

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    return Wishes.intents(Talks::new, pace, length, seed);
  }

  private final class Talks implements Wishes.Source {
    private final RandomGenerator times;
    private final RandomGenerator contents;
    private final List<Talk> talks = new ArrayList<>();
    private int blocks;

    Talks(RandomGenerator times, RandomGenerator contents) {
      this.times = times;
      this.contents = contents;
      // As if they had gone on for ever: else prompts would grow during a run, and the more the
      // higher its load.
      for (int i = 0; i < open; i++) {
        var talk = new Talk(contents.nextInt(TENANTS));
        while (contents.nextInt(turns) > 0) {
          talk.turn();
        }
        talks.add(talk);
      }
    }

    @Override
    public double gap() {
      return times.nextExponential();
    }

    @Override
    public Wish wish() {
      int which = contents.nextInt(open);
      Talk talk = talks.get(which);
      Wish wish = talk.turn();
      if (contents.nextInt(turns) == 0 || talk.tokens > LONGEST_PROMPT) {
        talks.set(which, new Talk(contents.nextInt(TENANTS)));
      }
      return wish;
    }

    private final class Talk {
      private final int tenant;
      private final List<Integer> read = new ArrayList<>();
      private int tokens = instructions;

      Talk(int tenant) {
        this.tenant = tenant;
        for (int i = 0; i < instructions / PrefixBlocks.TOKENS; i++) {
          read.add(-1 - tenant - TENANTS * i);
        }
      }

      Wish turn() {
        tokens += drawn(QUESTION_MEDIAN, QUESTION_SIGMA);
        while ((read.size() + 1) * PrefixBlocks.TOKENS <= tokens) {
          read.add(blocks++);
        }
        int prompt = tokens;
        int answer = drawn(ANSWER_MEDIAN, ANSWER_SIGMA);
        tokens += answer;
        return new Wish("tenant-" + tenant, prompt, answer, List.copyOf(read));
      }
    }

    private int drawn(int median, double sigma) {
      return (int) Math.clamp(median * Math.exp(sigma * contents.nextGaussian()), 1, LONGEST);
    }
  }
}
