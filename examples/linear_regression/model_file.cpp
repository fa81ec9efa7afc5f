#include "model_file.h"

#include <charconv>
#include <cstdio>
#include <unordered_map>

using namespace tapegrad;

namespace {

std::string feature_key(std::size_t i) { return "feature." + std::to_string(i); }

nn::Linear make_linear(std::size_t n_features) {
  nn::Linear linear(static_cast<std::int64_t>(n_features), 1);
  linear->to(kDouble);
  return linear;
}

// A name as read_csv() reads it back.
std::string csv_field(const std::string& name) {
  if (name.find_first_of(",;\t\"\r\n") == std::string::npos) return name;
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

}  // namespace

void save_model(const std::string& path, const std::vector<std::pair<std::string, double>>& values,
                const std::string& target) {
  if (!path.ends_with(".safetensors")) return data::write_csv(path, values);
  const std::size_t n = values.size() - 1;
  nn::Linear linear = make_linear(n);
  Metadata metadata{{"format", "pt"}, {"target", target}};
  std::vector<double> weight;
  for (std::size_t i = 0; i < n; ++i) {
    weight.push_back(values[i + 1].second);
    metadata[feature_key(i)] = values[i + 1].first;
  }
  linear->weight = tensor(weight, kDouble).view({1, static_cast<std::int64_t>(n)});
  linear->bias = tensor({values[0].second}, kDouble);
  save_safetensors(linear->state_dict(), path, metadata);
}

LinearModel load_model(const std::string& path) try {
  const SafetensorsFile file = load_safetensors(path);
  std::vector<std::string> features;
  for (auto at = file.metadata.find(feature_key(0)); at != file.metadata.end();) {
    features.push_back(at->second);
    at = file.metadata.find(feature_key(features.size()));
  }
  const auto target = file.metadata.find("target");
  if (features.empty() || target == file.metadata.end()) {
    throw InputError("--load: " + path + " names no columns: it was not written by --save");
  }
  nn::Linear linear = make_linear(features.size());
  linear->load_state_dict(file);
  return {features, target->second, linear};
} catch (const Error& error) {
  throw InputError("--load: " + path + ": " + error.what());
}

int predict(const Options& options) try {
  const LinearModel model = load_model(options.load);
  const data::Table table = data::read_csv(options.csv, {.delimiter = options.delimiter});
  std::unordered_map<std::string_view, std::int64_t> places;
  for (const std::string& name : table.columns) places.emplace(name, static_cast<std::int64_t>(places.size()));
  const Tensor rows = table.tensor(kDouble);
  std::vector<Tensor> columns;
  for (const std::string& name : model.features) {
    const auto place = places.find(name);
    columns.push_back(rows.select(1, place == places.end() ? table.column(name) : place->second));
  }
  const NoGradGuard no_grad;
  std::printf("%s\n", csv_field(model.target).c_str());
  for (const double y : model.linear(stack(columns, 1)).to_vector<double>()) {
    char digits[32];
    *std::to_chars(digits, digits + sizeof digits - 1, y).ptr = '\0';
    std::printf("%s\n", digits);
  }
  return 0;
} catch (const Error& error) {
  throw InputError(options.csv + ": " + error.what());
}
