// Pictures through gnuplot, run as a program: nothing of it is linked.
#pragma once

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace examples {

inline bool has_gnuplot() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.empty() && access((folder + "/gnuplot").c_str(), X_OK) == 0) return true;
  }
  return false;
}

// Makes the folder for pictures. False, with a note, where there is no gnuplot to draw them.
inline bool ready_to_draw(const std::filesystem::path& folder) {
  if (!has_gnuplot()) {
    std::printf("note: no pictures, as gnuplot is not on PATH (Debian, Ubuntu: apt-get install gnuplot-nox)\n");
    return false;
  }
  std::filesystem::create_directories(folder);
  return true;
}

// A gnuplot script in the making: script << "plot " << 0.5.
class Gnuplot {
 public:
  // The colours all pictures share.
  static constexpr const char* kStyle = R"(
set encoding utf8
set border 3 lc rgb "#555555" lw 1
set tics nomirror out scale 0.6 textcolor rgb "#333333"
set grid lc rgb "#e4e4e4" lt 1 lw 1
set key textcolor rgb "#333333" samplen 2.2 spacing 1.25
set style line 1 lc rgb "#0072b2" lw 2.4 pt 7 ps 0.8
set style line 2 lc rgb "#d55e00" lw 2.4 pt 7 ps 0.8
set style line 3 lc rgb "#009e73" lw 2.4 pt 7 ps 0.8
set style line 4 lc rgb "#8a8a8a" lw 1.6 dt 2
)";

  Gnuplot() { text_.imbue(std::locale::classic()); }

  static std::string quoted(const std::string& text) {
    std::string out = "'";
    for (char c : text) {
      const bool control = static_cast<unsigned char>(c) < 0x20;
      out.append(c == '\'' ? 2 : 1, control ? ' ' : c);
    }
    return out + "'";
  }

  // A picture of so many pixels; what is drawn next goes there.
  void png(const std::filesystem::path& file, int width, int height) {
    *this << "set terminal pngcairo size " << width << "," << height
          << " font 'DejaVu Sans,11' background '#ffffff'\nset output " << quoted(file.string()) << "\n";
  }

  // $name: a row for each element of the columns, which have one length.
  void data(const std::string& name, std::initializer_list<std::vector<double>> columns) {
    *this << "$" << name << " << END\n";
    for (std::size_t row = 0; row < columns.begin()->size(); ++row) {
      for (const std::vector<double>& column : columns) *this << column[row] << " ";
      *this << "\n";
    }
    *this << "END\n";
  }

  // name[1], name[2] ...
  void array(const std::string& name, const std::vector<double>& values) {
    *this << "array " << name << "[" << values.size() << "]\n";
    for (std::size_t i = 0; i < values.size(); ++i) *this << name << "[" << i + 1 << "] = " << values[i] << "\n";
  }

  template <class T>
  Gnuplot& operator<<(const T& value) {
    text_ << value;
    return *this;
  }

  // Throws std::runtime_error where gnuplot fails. `quiet` drops what it writes to stderr: for animations that is the
  // number of frames.
  void run(bool quiet = false) const {
    const auto old_handler = std::signal(SIGPIPE, SIG_IGN);  // a gnuplot that ends early must not end this program
    // In a plain POSIX locale gnuplot complains that it cannot convert its own degree sign.
    std::FILE* pipe = popen(quiet ? "LC_ALL=C.UTF-8 gnuplot 2>/dev/null" : "LC_ALL=C.UTF-8 gnuplot", "w");
    const std::string script = text_.str();
    const bool written = pipe != nullptr && std::fwrite(script.data(), 1, script.size(), pipe) == script.size();
    const bool drawn = pipe != nullptr && pclose(pipe) == 0;
    std::signal(SIGPIPE, old_handler);
    if (!written || !drawn) throw std::runtime_error("gnuplot could not draw a picture");
  }

 private:
  std::ostringstream text_;
};

}  // namespace examples
