// Files go to Python and come back: a reader and writer in Python's standard library, of a page
// (safetensors_reference.py).
#include <tapegrad/autograd/serialize.h>
#include <tapegrad/nn/layers/linear.h>
#include <tapegrad/testing.h>

#include "tests/common/files.h"

namespace tapegrad {
namespace {

class Python : public files_test::Files {
 protected:
  void SetUp() override {
    Files::SetUp();
    if (std::system("python3 -c 'import json, struct' 2>/dev/null") != 0) {
      GTEST_SKIP() << "there is no python3 here: files are not exchanged with it";
    }
  }
  // What the script prints.
  std::string python(const std::string& command) const {
    const std::string out = (folder_ / "out").string();
    const std::string line = "python3 '" TAPEGRAD_TEST_SOURCE_DIR "/tests/files/safetensors_reference.py' " + command +
                             " '" + path_ + "' >'" + out + "'";
    EXPECT_EQ(std::system(line.c_str()), 0) << line;
    return files_test::read(out);
  }
};

TEST_F(Python, ReadsWhatWeWrite) {
  save_safetensors({{"w", tensor({{0.5F, -1.5F}, {2.0F, 0.1F}})},
                    {"\xc3\xa4\n", tensor(0.1, kDouble)},
                    {"n", tensor({std::int64_t{-9007199254740993}, std::int64_t{7}}, kLong)},
                    {"flags", tensor({1, 0}, kBool)},
                    {"none", zeros({2, 0})}},
                   path_, {{"k", "v"}});
  EXPECT_EQ(python("read"),
            "flags BOOL [2] ['True', 'False']\n"
            "n I64 [2] ['-9007199254740993', '7']\n"
            "none F32 [2, 0] []\n"
            "w F32 [2, 2] ['0.5', '-1.5', '2.0', '0.10000000149011612']\n"
            "\\xe4\\n F64 [] ['0.1']\n"
            "{'k': 'v'}\n");
}

TEST_F(Python, ReadsAModel) {
  struct Net : nn::Module {
    nn::Linear fc1 = register_module("fc1", nn::Linear(2, 1));
  } net;
  net.fc1->weight = tensor({{0.5F, -0.25F}});
  net.fc1->bias = tensor({3.0F});
  save(net, path_);
  EXPECT_EQ(python("read"), "fc1.bias F32 [1] ['3.0']\nfc1.weight F32 [1, 2] ['0.5', '-0.25']\n{'format': 'pt'}\n");
}

TEST_F(Python, WritesWhatWeRead) {
  python("write");
  const SafetensorsFile file = load_safetensors(path_);
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(file.size(), 6U);
  EXPECT_TENSOR_EQ(file["fc1.weight"], tensor({{0.5F, -1.5F, 2.0F}, {3.25F, inf, -0.0F}}));
  EXPECT_TENSOR_EQ(file["fc1.bias"], tensor({1.0F, 2.0F}));
  EXPECT_TENSOR_EQ(file["mask"], tensor({1, 0, 1}, kBool));
  EXPECT_EQ(file["step"].item<std::int64_t>(), -9007199254740993);
  EXPECT_TENSOR_EQ(file["\xc3\xa4\n"], tensor({0.1}, kDouble));
  EXPECT_TENSOR_EQ(file["none"], zeros({2, 0}));
  EXPECT_EQ(file.metadata, (Metadata{{"format", "pt"}, {"k", "\xe2\x82\xac"}}));
}

// Debian's python3-torch has no safetensors: the page above is enough to fill a torch module and to compute with it.
TEST_F(Python, ComputesWithOurModelInPyTorch) {
  if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0) {
    GTEST_SKIP() << "there is no PyTorch here";
  }
  manual_seed(5);
  nn::Linear fc(3, 2);
  save(fc, path_);
  const std::string script = (folder_ / "run.py").string(), out = (folder_ / "y").string();
  files_test::write(script, "import sys\nsys.path.insert(0, '" TAPEGRAD_TEST_SOURCE_DIR
                            "/tests/files')\nimport torch, safetensors_reference as st\n"
                            "tensors = st.read('" +
                                path_ +
                                "')[0]\n"
                                "state = {k: torch.tensor(v).view(s) for k, (_, s, v) in tensors.items()}\n"
                                "fc = torch.nn.Linear(3, 2)\nfc.load_state_dict(state)\n"
                                "y = fc(torch.tensor([[1.0, -2.0, 0.5]])).flatten().tolist()\n"
                                "st.write('" +
                                out + "', {'y': ('F32', [1, 2], y)}, {})\n");
  const std::string line = "PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 '" + script + "' >/dev/null";
  ASSERT_EQ(std::system(line.c_str()), 0);
  const Tensor y = load_safetensors(out)["y"];
  EXPECT_TENSOR_NEAR(y, fc(tensor({{1.0F, -2.0F, 0.5F}})), 1e-6);
}

}  // namespace
}  // namespace tapegrad
