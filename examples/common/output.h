// What a program prints must arrive: a full disk or a closed standard output is an error like any other.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

namespace examples {

// First in main(). A file that is opened must not get the number of a standard stream that is closed: what is printed
// would end in it. Writing to what stands there instead fails, as it does on a closed one.
inline void hold_standard_streams() {
  for (int fd = 0; fd <= STDERR_FILENO;) {
    fd = open("/dev/null", O_RDONLY);
    if (fd < 0) return;
    if (fd > STDERR_FILENO) close(fd);
  }
}

// Last in main(), where all went well. Throws std::runtime_error where a part of what was printed was lost.
inline void finish_output() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw std::runtime_error("the results could not be written to standard output" +
                           (errno == 0 ? std::string() : ": " + std::generic_category().message(errno)));
}

}  // namespace examples
