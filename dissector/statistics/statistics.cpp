#include "dissector/statistics/statistics.h"

namespace fusewire {

Statistics::Statistics(GroupBy by, std::optional<std::int64_t> interval_ns) : groups_(by) {
    if (interval_ns)
        series_.emplace(*interval_ns);
}

void Statistics::see(const Decoded& decoded, bool counted) {
    lost_ += decoded.record.lost;
    groups_.see(decoded, counted);
    if (decoded.exchange.again || decoded.message.kind == MessageKind::loss)
        return;
    if (decoded.message.kind == MessageKind::write_result) {
        refused_ += counted ? 1 : 0;
        return;
    }
    ++seen_;
    if (!counted)
        return;
    compounds_.see(decoded);
    lookups_.see(decoded);
    if (series_)
        series_->see(decoded);
}

} // namespace fusewire
