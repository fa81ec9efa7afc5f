#include <tapegrad/nn/parallel/functional.h>

#include <tapegrad/autograd/grad.h>

namespace tapegrad::nn::parallel::functional {

namespace {

using autograd::AutogradContext;
using autograd::tensor_list;

// The caller's group, which outlives the tape.
std::shared_ptr<void> kept(ProcessGroup& group) { return {std::shared_ptr<void>(), &group}; }
ProcessGroup& group_of(const AutogradContext* ctx) {
  return *static_cast<ProcessGroup*>(ctx->saved_data.at("group").toCapsule().get());
}

Tensor reduced(const Tensor& x, ProcessGroup& group, ReduceOp op) {
  Tensor y = x.detach().clone();
  group.all_reduce(y, op);
  return y;
}

struct AllReduce : autograd::Function<AllReduce> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, ProcessGroup* group, ReduceOp op) {
    Tensor y = reduced(x, *group, op);
    ctx->saved_data["group"] = kept(*group);
    ctx->saved_data["op"] = static_cast<std::int64_t>(op);
    if (op == ReduceOp::kMax) ctx->save_for_backward({x, y});
    return y;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    const auto op = static_cast<ReduceOp>(ctx->saved_data.at("op").toInt());
    ProcessGroup& group = group_of(ctx);
    const Tensor g = all_reduce(grads[0], group, op == ReduceOp::kMean ? op : ReduceOp::kSum);
    if (op != ReduceOp::kMax) return {g, {}, {}};
    const tensor_list saved = ctx->get_saved_variables();
    const Tensor has_it = saved[0].eq(saved[1]).to(g.dtype());
    return {g * has_it / reduced(has_it, group, ReduceOp::kSum), {}, {}};
  }
};

struct Broadcast : autograd::Function<Broadcast> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, ProcessGroup* group, std::int64_t src) {
    Tensor y = x.detach().clone();
    group->broadcast(y, static_cast<int>(src));
    ctx->saved_data["group"] = kept(*group);
    ctx->saved_data["src"] = src;
    return y;
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    ProcessGroup& group = group_of(ctx);
    const Tensor g = all_reduce(grads[0], group);
    return {group.rank() == ctx->saved_data.at("src").toInt() ? g : g * 0, {}, {}};
  }
};

struct AllGather : autograd::Function<AllGather> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, ProcessGroup* group) {
    ctx->saved_data["group"] = kept(*group);
    return stack(group->all_gather(x));
  }
  static tensor_list backward(AutogradContext* ctx, tensor_list grads) {
    ProcessGroup& group = group_of(ctx);
    return {all_reduce(grads[0], group).select(0, group.rank()), {}};
  }
};

}  // namespace

Tensor all_reduce(const Tensor& x, ProcessGroup& group, ReduceOp op) { return AllReduce::apply(x, &group, op); }
Tensor broadcast(const Tensor& x, ProcessGroup& group, int src) {
  return Broadcast::apply(x, &group, static_cast<std::int64_t>(src));
}
Tensor all_gather(const Tensor& x, ProcessGroup& group) { return AllGather::apply(x, &group); }

}  // namespace tapegrad::nn::parallel::functional
