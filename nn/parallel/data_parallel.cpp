#include <tapegrad/nn/parallel/data_parallel.h>

#include <cstring>

#include <tapegrad/autograd/grad.h>

#include "nn/parallel/detail/averager.h"
#include "nn/parallel/detail/shards.h"

namespace tapegrad::nn::parallel {

namespace {

std::uint64_t mixed(std::uint64_t h, std::uint64_t word) { return (h ^ word) * 0x9E3779B97F4A7C15U ^ (h >> 29); }

std::uint64_t hash_of(const std::string& s) {
  std::uint64_t h = s.size();
  for (const char c : s) h = mixed(h, static_cast<unsigned char>(c));
  return h;
}

// Of the elements' bytes.
std::uint64_t hash_of(const Tensor& x) {
  const Tensor c = x.detach().contiguous();
  const char* at = c.numel() > 0 ? static_cast<const char*>(c.data_ptr()) : nullptr;
  std::size_t left = c.nbytes();
  std::uint64_t h = left;
  for (std::uint64_t word = 0; left > 0; at += sizeof word) {
    const std::size_t n = std::min(left, sizeof word);
    word = 0;
    std::memcpy(&word, at, n);
    h = mixed(h, word);
    left -= n;
  }
  return h;
}

std::string kind_of(const std::string& name, const Tensor& x) {
  std::string s = name + ", " + tapegrad::name(x.dtype()) + " [";
  for (const std::int64_t size : x.sizes()) s += (s.back() == '[' ? "" : ", ") + std::to_string(size);
  return s + "]";
}

std::vector<Tensor> trained(const NamedTensors& parameters) {
  std::vector<Tensor> list;
  for (const auto& item : parameters)
    if (item.value().requires_grad()) list.push_back(item.value());
  return list;
}

}  // namespace

struct DataParallel::Impl {
  Module& net;
  ProcessGroup& group;
  DataParallelOptions options;
  std::unique_ptr<ProcessGroup> own;  // the buckets', so that other collectives may come between them
  NamedTensors parameters, buffers;
  std::vector<Tensor> leaves;
  Averager averager;
  std::int64_t steps = 0;

  Impl(Module& of, ProcessGroup& in, DataParallelOptions with)
      : net(of),
        group(in),
        options(with),
        own(in.duplicate()),
        parameters(of.named_parameters()),
        buffers(of.named_buffers()),
        leaves(trained(parameters)),
        averager(leaves, *own, with.bucket_bytes, [this] { next_step(); }) {
    agree();
    for (const NamedTensors* named : {&parameters, &buffers})
      for (const auto& item : *named) group.broadcast(item.value());
  }

  void agree() {
    std::vector<std::int64_t> kinds;
    std::vector<std::string> texts;
    for (const NamedTensors* named : {&parameters, &buffers}) {
      for (const auto& item : *named) {
        texts.push_back(kind_of(item.key(), item.value()) + (item.value().requires_grad() ? ", trained" : ""));
        kinds.push_back(static_cast<std::int64_t>(hash_of(texts.back())));
      }
    }
    const auto counts = group.all_gather(tensor({static_cast<std::int64_t>(kinds.size())}));
    for (std::size_t r = 1; r < counts.size(); ++r) {
      if (counts[r].equal(counts[0])) continue;
      group.fail("DistributedDataParallel: the net has " + counts[0].str() + " parameters and buffers on rank 0 and " +
                 counts[r].str() + " on rank " + std::to_string(r) + "; make the same net on all ranks");
    }
    compare(tensor(kinds), [&](std::size_t i, std::size_t r) {
      return "DistributedDataParallel: " + texts[i] + " is another on rank " + std::to_string(r) +
             " than on rank 0; make the same net on all ranks";
    });
  }

  // Fails with what `text` makes of the first element of x that a rank has otherwise than rank 0.
  void compare(const Tensor& x, const std::function<std::string(std::size_t i, std::size_t r)>& text) {
    if (x.numel() == 0) return;
    const auto all = group.all_gather(x);
    const auto first = all[0].to_vector<std::int64_t>();
    for (std::size_t r = 1; r < all.size(); ++r) {
      const auto other = all[r].to_vector<std::int64_t>();
      for (std::size_t i = 0; i < first.size(); ++i)
        if (first[i] != other[i]) group.fail(text(i, r));
    }
  }

  void check() {
    std::vector<std::int64_t> hashes;
    for (const auto& item : parameters) hashes.push_back(static_cast<std::int64_t>(hash_of(item.value())));
    compare(tensor(hashes), [&](std::size_t i, std::size_t r) {
      return "check_parameters: " + parameters.keys()[i] + " on rank " + std::to_string(r) +
             " is not what it is on rank 0; let every rank do the same steps on the same parameters";
    });
  }

  // At the end of each backward pass that averages, before .grad changes.
  void next_step() {
    ++steps;
    group.set_step(steps);
    own->set_step(steps);
    own->set_timeout(group.timeout());
    if (options.check_every > 0 && steps % options.check_every == 0) check();
  }
};

DataParallel::DataParallel(Module& net, ProcessGroup& group, DataParallelOptions options)
    : impl_(std::make_unique<Impl>(net, group, options)) {
  if (options.shards < 1) throw ValueError("DistributedDataParallel: shards is less than 1; cut a batch at least once");
}
DataParallel::~DataParallel() = default;

DataParallel::NoSync::NoSync(DataParallel& model) : model_(model), before_(model.impl_->averager.is_on()) {
  model_.impl_->averager.set_on(false);
}
DataParallel::NoSync::~NoSync() { model_.impl_->averager.set_on(before_); }

bool DataParallel::join(std::int64_t rows) {
  if (rows < 0) throw ValueError("join: " + std::to_string(rows) + " rows; give a number from 0 on");
  const Tensor total = tensor({rows});
  impl_->group.all_reduce(total);
  const auto all = total.item<std::int64_t>();
  if (all > 0) impl_->averager.set_weight(static_cast<double>(rows) / static_cast<double>(all));
  return all > 0;
}

void DataParallel::backward() { impl_->averager.empty_pass(); }
void DataParallel::check_parameters() { impl_->check(); }
std::uint64_t DataParallel::hash() const {
  std::uint64_t h = 0;
  for (const auto& item : impl_->parameters) h = mixed(h, hash_of(item.value()));
  return h;
}
ProcessGroup& DataParallel::group() noexcept { return impl_->group; }
std::int64_t DataParallel::step() const noexcept { return impl_->steps; }
std::int64_t DataParallel::bytes() const noexcept { return impl_->own->bytes(); }
double DataParallel::seconds_waited() const noexcept { return impl_->averager.seconds_waited(); }

Tensor DataParallel::backward_in_shards(std::int64_t rows, const LossOf& loss_of) {
  Shards shards(impl_->group, impl_->leaves, impl_->buffers.values(), impl_->options.shards, rows);
  Tensor loss = shards.run(loss_of);
  impl_->next_step();
  shards.commit();
  return loss;
}

}  // namespace tapegrad::nn::parallel
