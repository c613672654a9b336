/// Reports that one file holds whole: HTML, style and plots drawn as SVG, nothing fetched to view
/// them.
@NullMarked
package dev.forebay.lab.report;

import org.jspecify.annotations.NullMarked;
