#include <tapegrad/nn/activation.h>

#include <ostream>

namespace tapegrad::nn {

void ReLUImpl::pretty_print(std::ostream& out) const {
  out << "nn::ReLU(" << (options.inplace() ? "inplace=true)" : ")");
}
void SoftmaxImpl::pretty_print(std::ostream& out) const { out << "nn::Softmax(dim=" << options.dim() << ")"; }
void LogSoftmaxImpl::pretty_print(std::ostream& out) const { out << "nn::LogSoftmax(dim=" << options.dim() << ")"; }

}  // namespace tapegrad::nn
