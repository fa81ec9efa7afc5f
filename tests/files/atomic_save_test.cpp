// kill -9 in the middle of saving leaves the old file or the new one.
#include <sys/wait.h>
#include <tapegrad/autograd/serialize.h>
#include <tapegrad/testing.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "tests/common/files.h"

namespace tapegrad {
namespace {

class AtomicSave : public files_test::Files {};

// Saves the numbers 0, 1, 2 ..., each as a file full of it, until it is killed.
[[noreturn]] void save_for_ever(const std::string& path, std::int64_t first) {
  for (std::int64_t i = first;; ++i) save_safetensors({{"x", full({50'000}, i)}, {"y", full({7}, i)}}, path);
}

TEST_F(AtomicSave, SurvivesKill) {
  const int kills = std::getenv("TAPEGRAD_TEST_FULL") != nullptr ? 200 : 5;
  std::mt19937 random(1);
  std::int64_t last = 0;
  save_safetensors({{"x", full({50'000}, last)}, {"y", full({7}, last)}}, path_);
  for (int i = 0; i < kills; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) save_for_ever(path_, last + 1);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);

    const SafetensorsFile file = load_safetensors(path_);
    const auto now = file["y"][0].item<std::int64_t>();
    ASSERT_GE(now, last);
    EXPECT_TENSOR_EQ(file["x"], full({50'000}, now));
    EXPECT_TENSOR_EQ(file["y"], full({7}, now));
    last = now;
  }
  EXPECT_GT(last, 0);
}

TEST_F(AtomicSave, FollowsALinkAndKeepsTheMode) {
  const std::string link = (folder_ / "link").string();
  files_test::write(path_, "old");
  files_test::fs::permissions(path_, files_test::fs::perms::owner_read | files_test::fs::perms::owner_write);
  files_test::fs::create_symlink(path_, link);
  save(tensor(1.0F), link);
  EXPECT_TRUE(files_test::fs::is_symlink(link));
  Tensor x;
  load(x, path_);
  EXPECT_EQ(x.item<float>(), 1.0F);
  EXPECT_EQ(files_test::fs::status(path_).permissions(),
            files_test::fs::perms::owner_read | files_test::fs::perms::owner_write);
  EXPECT_EQ(n_files(), 2U);
}

TEST_F(AtomicSave, FollowsLinksToAFileThatIsNotThereYet) {
  namespace fs = files_test::fs;
  const fs::path link = folder_ / "link", second = folder_ / "second";
  fs::create_symlink("second", link);
  fs::create_symlink(path_, second);
  for (float value : {1.0F, 2.0F}) {
    save(tensor(value), link.string());
    EXPECT_TRUE(fs::is_symlink(link) && fs::is_symlink(second) && fs::is_regular_file(fs::symlink_status(path_)));
    Tensor x;
    load(x, path_);
    EXPECT_EQ(x.item<float>(), value);
  }
  EXPECT_EQ(n_files(), 3U);
}

TEST_F(AtomicSave, RefusesLinksInACircle) {
  const std::string link = (folder_ / "link").string();
  files_test::fs::create_symlink(link, link);
  expect_error<IoError>([&] { save(tensor(1.0F), link); }, "cannot follow its links");
  EXPECT_EQ(n_files(), 1U);
}

}  // namespace
}  // namespace tapegrad
