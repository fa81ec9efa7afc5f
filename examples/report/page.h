#pragma once

#include "examples/report/runs.h"

// One HTML page that needs nothing beside itself: curves of the runs side by side, their last and best numbers, their
// options, those that differ marked.
std::string page(const std::string& title, const std::vector<Run>& runs);
