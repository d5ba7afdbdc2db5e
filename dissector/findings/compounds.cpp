// COMPOUND and what is in it.
#include "dissector/findings/families.h"

namespace fusewire {

constexpr Family compounds_family{};

} // namespace fusewire
