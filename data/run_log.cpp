#include <tapegrad/data/run_log.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>
#include <system_error>

#include "autograd/core/text.h"
#include "autograd/io/file.h"

namespace tapegrad::data {

using nlohmann::ordered_json;

namespace {

// JSON has no such numbers.
ordered_json json_of(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}
ordered_json json_of(const RunValue& value) {
  return std::visit(
      [](const auto& v) -> ordered_json {
        if constexpr (std::is_same_v<decltype(v), const double&>) return json_of(v);
        return v;
      },
      value);
}

std::string local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  char text[32] = "";
  if (::localtime_r(&now, &parts) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return text;
}

}  // namespace

struct RunLog::State {
  explicit State(const std::string& p)
      : path(p), file(::open(p.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    require(file.fd >= 0, "cannot open");
    struct stat status {};
    require(::fstat(file.fd, &status) == 0, "cannot see what it is");
    if (S_ISREG(status.st_mode)) cut_unfinished(status.st_size);
  }

  void require(bool good, const char* what) const {
    if (good) return;
    throw IoError(core::joined("RunLog: ", path, ": ", what, ": ", std::generic_category().message(errno),
                               "; look at the path, its permissions and the space left"));
  }
  // What a killed program or a full disk has left of a line.
  void cut_unfinished(off_t size) const {
    const off_t before = size;
    char c = '\n';
    while (size > 0 && ::pread(file.fd, &c, 1, size - 1) == 1 && c != '\n') --size;
    if (size < before) require(::ftruncate(file.fd, size) == 0, "cannot cut off an unfinished line");
  }
  void write(const ordered_json& line) const {
    const std::string text = line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
    struct stat before {};
    const bool is_file = ::fstat(file.fd, &before) == 0 && S_ISREG(before.st_mode);
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t count = ::write(file.fd, text.data() + done, text.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count >= 0) {
        done += static_cast<std::size_t>(count);
        continue;
      }
      const int error = errno;
      if (is_file && done > 0 && ::ftruncate(file.fd, before.st_size) != 0) errno = error;  // read_run_log() skips it
      errno = error;
      require(false, "cannot write");
    }
  }

  std::string path;
  detail::Descriptor file;
};

RunLog::RunLog(const std::string& path, const RunOptions& options) : state_(std::make_unique<State>(path)) {
  ordered_json named = ordered_json::object();
  for (const auto& [name, value] : options) named[name] = json_of(value);
  state_->write({{"options", std::move(named)}, {"started", local_time()}});
}
RunLog::~RunLog() = default;
RunLog::RunLog(RunLog&&) noexcept = default;

void RunLog::add(std::int64_t step, const std::vector<std::pair<std::string, double>>& values) {
  ordered_json line{{"step", step}};
  for (const auto& [name, value] : values) {
    if (name == "step" || name == "options" || name == "started")
      throw ValueError("RunLog: '" + name + "' is no name of a number; give it another");
    line[name] = json_of(value);
  }
  state_->write(line);
}

namespace {

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  void read(const std::string& text) {
    std::size_t at = 0;
    for (std::size_t end; (end = text.find('\n', at)) != text.npos; at = end + 1) {
      ++line_;
      const auto line = ordered_json::parse(text.begin() + static_cast<std::ptrdiff_t>(at),
                                            text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
      if (!line.is_object()) fail("is no object of JSON");
      line.contains("options") ? begin(line) : add(line);
    }
  }
  RunRecord record;

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(core::joined("read_run_log: ", path_, ": line ", line_, " ", what,
                                   "; the file is damaged, or none that RunLog has written"));
  }

  void begin(const ordered_json& line) {
    if (!line["options"].is_object()) fail("has options that are no object");
    record.options.clear();
    for (const auto& [name, value] : line["options"].items()) record.options.emplace_back(name, option(value));
    if (const auto started = line.find("started");
        record.started.empty() && started != line.end() && started->is_string())
      record.started = started->get<std::string>();
  }
  RunValue option(const ordered_json& value) const {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number()) return value.get<double>();
    if (value.is_string()) return value.get<std::string>();
    fail("has an option that is no bool, number or string");
  }
  double number(const ordered_json& value) const {
    if (value.is_number()) return value.get<double>();
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (text == "inf" || text == "-inf") return (text == "inf" ? 1 : -1) * std::numeric_limits<double>::infinity();
    fail("has a value that is no number");
  }
  void add(const ordered_json& line) {
    const auto step = line.find("step");
    if (step == line.end() || !step->is_number_integer()) fail("has no step");
    const auto at = step->get<std::int64_t>();
    if (at <= last_) cut(at);
    last_ = at;
    for (const auto& item : line.items()) {
      const std::string& name = item.key();
      if (name == "step") continue;
      auto curve =
          std::find_if(record.curves.begin(), record.curves.end(), [&](const auto& c) { return c.name == name; });
      if (curve == record.curves.end()) curve = record.curves.insert(curve, {name, {}, {}});
      const bool again = !curve->steps.empty() && curve->steps.back() == at;
      if (!again) curve->steps.push_back(at);
      curve->values.resize(curve->steps.size());
      curve->values.back() = number(item.value());
    }
  }
  // The run went on from an earlier state: what was beyond is no more. (At the same step other numbers may follow.)
  void cut(std::int64_t step) {
    for (RunCurve& c : record.curves) {
      while (!c.steps.empty() && c.steps.back() > step) c.steps.pop_back();
      c.values.resize(c.steps.size());
    }
  }

  std::string path_;
  std::int64_t line_ = 0, last_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace

RunRecord read_run_log(const std::string& path) {
  Reader reader(path);
  reader.read(tapegrad::detail::InFile("read_run_log", path).read_all());
  return std::move(reader.record);
}

}  // namespace tapegrad::data
