// How large a learning rate may be.
#pragma once

#include <tapegrad/tapegrad.h>

// 2 / lambda_max of the Hessian of the mean squared error in slope and intercept over the rows of x [n, 1]. Gradient
// descent on those rows shrinks the error in every direction below it and blows it up in one above it.
double stability_limit(const tapegrad::Tensor& x);
