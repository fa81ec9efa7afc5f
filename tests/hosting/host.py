"""Loads the plug-ins with ctypes, trains in each and unloads them, again and again. usage: host.py ROUNDS PLUGIN..."""
import _ctypes
import ctypes
import sys

rounds, paths = int(sys.argv[1]), sys.argv[2:]
losses = set()
for _ in range(rounds):
    plugins = [ctypes.CDLL(path) for path in paths]
    for plugin in plugins:
        plugin.plugin_train.restype = ctypes.c_double
        assert plugin.plugin_error() == 1, "an error is not caught as what it is"
        losses.add(plugin.plugin_train(3))
    for plugin in reversed(plugins):
        _ctypes.dlclose(plugin._handle)
    with open("/proc/self/maps") as maps:
        text = maps.read()
    assert not any(path in text for path in paths), "a plug-in is still loaded"
assert len(losses) == 1 and losses.pop() > 0, "another loss than at first"
