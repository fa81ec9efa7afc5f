// Which sanitizers this program was built with.
#pragma once

#if defined(__has_feature)
#define TAPEGRAD_TEST_HAS_FEATURE(x) __has_feature(x)
#else
#define TAPEGRAD_TEST_HAS_FEATURE(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || TAPEGRAD_TEST_HAS_FEATURE(address_sanitizer)
#define TAPEGRAD_TEST_ASAN 1
#else
#define TAPEGRAD_TEST_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__) || TAPEGRAD_TEST_HAS_FEATURE(thread_sanitizer)
#define TAPEGRAD_TEST_TSAN 1
#else
#define TAPEGRAD_TEST_TSAN 0
#endif

namespace tapegrad::test {

inline constexpr bool kAddressSanitizer = TAPEGRAD_TEST_ASAN;
inline constexpr bool kThreadSanitizer = TAPEGRAD_TEST_TSAN;
inline constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;

}  // namespace tapegrad::test
