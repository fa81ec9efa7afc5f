#include <gtest/gtest.h>
#include <tapegrad/data/loader.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TAPEGRAD_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TAPEGRAD_TEST_SANITIZED
#endif
#endif

#if !defined(TAPEGRAD_TEST_SANITIZED)  // a sanitizer brings its own operator new, and the pools step aside

namespace {
std::atomic<long> allocations{0};

// Not inlined, so that GCC does not warn of a free() that meets a new.
[[gnu::noinline]] void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* bytes = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (bytes == nullptr) throw std::bad_alloc();
  return bytes;
}

[[gnu::noinline]] void give_back(void* bytes) noexcept { std::free(bytes); }
}  // namespace

void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t a) { return counted(size, static_cast<std::size_t>(a)); }
void operator delete(void* bytes) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::size_t) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::align_val_t) noexcept { give_back(bytes); }
void operator delete(void* bytes, std::size_t, std::align_val_t) noexcept { give_back(bytes); }

namespace tapegrad {
namespace {

TEST(DataLoader, AllocatesNothingOnceItRuns) {
  for (bool shuffle : {false, true}) {
    const auto loader = data::make_data_loader(data::TensorDataset(rand({100, 3}), rand({100, 1})),
                                               {.batch_size = 32, .shuffle = shuffle});
    const auto pass = [&loader] {
      std::int64_t rows = 0;
      for (auto& batch : loader) rows += batch.data.size(0);
      return rows;
    };
    EXPECT_EQ(pass() + pass(), 200);
    const long before = allocations;
    for (int epoch = 0; epoch < 100; ++epoch) pass();
    EXPECT_EQ(allocations - before, 0);
  }
}

}  // namespace
}  // namespace tapegrad

#endif
