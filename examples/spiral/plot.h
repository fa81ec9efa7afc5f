#pragma once

#include <filesystem>

#include "spiral.h"

// spiral.png: what the network makes of every point of the plane, and the rows; or a note where gnuplot is not
// installed. Throws std::runtime_error where gnuplot fails.
void draw_regions(const std::filesystem::path& folder, Net& model, const tapegrad::data::Split& rows);
