/// Layer 1 of 7 under LangChain4j.
@NullMarked
package dev.forebay.client.langchain4j;

import org.jspecify.annotations.NullMarked;
