"""Recomputes reference.h: scikit-learn and PyTorch on the data, the split and the batches of the main job.

/usr/bin/python3 examples/linear_regression/compare.py > examples/linear_regression/reference.h

Needs scikit-learn and PyTorch (Debian: python3-sklearn, python3-torch).
"""
import numpy as np
import sklearn
import torch
from sklearn.datasets import make_regression
from sklearn.linear_model import SGDRegressor
from sklearn.model_selection import train_test_split

SEED, LR, EPOCHS, BATCH_SIZE = 0, 0.1, 10, 32


def data():
    x, y, coef = make_regression(n_samples=100, n_features=1, noise=5, random_state=2, coef=True)
    return float(coef), train_test_split(x, y, test_size=0.2, random_state=0)


def scikit_learn(x, y):
    model = SGDRegressor(random_state=SEED).fit(x, y)
    return float(model.coef_[0]), float(model.intercept_[0])


def pytorch(x, y):
    x = torch.tensor(x, dtype=torch.float32)
    y = torch.tensor(y, dtype=torch.float32).reshape(-1, 1)
    torch.manual_seed(SEED)
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    loss_fn = torch.nn.MSELoss()
    torch.manual_seed(SEED)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            loss_fn(model(x[rows]), y[rows]).backward()
            optimizer.step()
    return model.weight.item(), model.bias.item()


def main():
    true_slope, (x_train, x_test, y_train, y_test) = data()

    def line(name, fit):
        slope, intercept = fit
        mse = [np.mean((slope * x[:, 0] + intercept - y) ** 2) for x, y in ((x_train, y_train), (x_test, y_test))]
        return f'    {{"{name}", {slope:.8f}, {intercept:.8f}, {mse[0]:.8f}, {mse[1]:.8f}}},'

    versions = f"scikit-learn {sklearn.__version__}, PyTorch {torch.__version__.split('a')[0]}"
    print(f"""// {versions}; made by
//   /usr/bin/python3 examples/linear_regression/compare.py > examples/linear_regression/reference.h
#pragma once

struct Reference {{
  const char* name;
  double slope, intercept, train_mse, test_mse;
}};

inline constexpr double kTrueSlope = {true_slope:.8f};
inline constexpr Reference kReferences[] = {{
{line("scikit-learn_SGDRegressor", scikit_learn(x_train, y_train))}
{line("PyTorch_nn.Linear", pytorch(x_train, y_train))}
}};""")


if __name__ == "__main__":
    main()
