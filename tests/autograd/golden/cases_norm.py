"""layer_norm, group_norm, batch_norm, instance_norm."""
import torch

from writer import case, fixed, leaf


def norm():
    def layer(x, w, b, shape, eps):
        return torch.layer_norm(x, shape, w, b, eps)

    for shape, last in (((3, 5), [5]), ((2, 3, 4), [3, 4]), ((7,), [7])):
        case("layer_norm", layer, leaf(*shape), leaf(*last), leaf(*last), args=[last, 1e-3])

    def group(x, w, b, groups, eps):
        return torch.group_norm(x, groups, w, b, eps)

    for shape, groups in (((3, 4), 2), ((2, 6, 5), 3), ((2, 4, 3, 2), 1), ((2, 4, 3), 4)):
        case("group_norm", group, leaf(*shape), leaf(shape[1]), leaf(shape[1]), args=[groups, 1e-3])

    def batch(x, w, b, mean, var, training, eps):
        return torch.batch_norm(x, w, b, mean.clone(), var.clone(), training, 0.1, eps, False)

    for shape in ((5, 3), (2, 3, 4), (2, 3, 4, 2), (2, 3, 2, 1, 3), (2, 3, 1)):
        for training in (True, False):
            case("batch_norm", batch, leaf(*shape), leaf(3), leaf(3), fixed([0.5, -1.0, 2.0]), fixed([1.5, 0.5, 3.0]),
                 args=[training, 1e-3])

    def instance(x, w, b, eps):
        return torch.instance_norm(x, w, b, None, None, True, 0.1, eps, False)

    for shape in ((2, 3, 4), (2, 3, 4, 2)):
        case("instance_norm", instance, leaf(*shape), leaf(3), leaf(3), args=[1e-3])
