// A chart as SVG.
#pragma once

#include "examples/report/runs.h"

// The curves of all runs over their steps, with axes. Where a run has more points than pixels, the least and the
// greatest of each column are drawn.
std::string chart(const Comparison& comparison);

// Text as HTML and SVG take it.
std::string escaped(const std::string& text);
