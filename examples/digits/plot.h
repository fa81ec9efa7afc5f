// The picture: digits that the net has not seen, and what it takes them for.
#pragma once

#include <tapegrad/tapegrad.h>

#include <filesystem>

void draw_digits(const std::filesystem::path& folder, tapegrad::nn::Sequential& net,
                 const tapegrad::data::MNIST& digits);
