// Writes classic pcap with nanoseconds through libpcap. The format has no room for what is known of
// connections, nor for comments.
#include "capture/capture_sink.h"
#include "capture/split.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <cstdio>

namespace fusewire::files {

namespace {

constexpr int link_type_user0 = 147;
constexpr std::int64_t ns_per_second = 1'000'000'000;

ssize_t write_cookie(void* cookie, const char* buffer, std::size_t size) {
    static_cast<OutputFile*>(cookie)->append(std::as_bytes(std::span{buffer, size}));
    return static_cast<ssize_t>(size);
}

class PcapSink final : public RecordSink {
  public:
    explicit PcapSink(std::unique_ptr<OutputFile> file) : file_(std::move(file)) {}

    Result<void> begin();
    Result<void> describe(const Connection&) override { return {}; }
    Result<void> write(const Record& record) override;
    Result<void> flush() override { return file_->flush(); }
    std::uint64_t bytes_written() const override { return file_->size(); }

  private:
    struct Close {
        void operator()(pcap_t* pcap) const { pcap_close(pcap); }
        void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
    };

    std::unique_ptr<OutputFile> file_;
    std::unique_ptr<pcap_t, Close> pcap_;
    std::unique_ptr<pcap_dumper_t, Close> dumper_;
    std::vector<std::byte> packet_;
};

Result<void> PcapSink::begin() {
    pcap_.reset(pcap_open_dead_with_tstamp_precision(
        link_type_user0, static_cast<int>(max_packet_length), PCAP_TSTAMP_PRECISION_NANO));
    FILE* stream = fopencookie(file_.get(), "wb", {.write = write_cookie});
    if (!pcap_ || stream == nullptr)
        return fail(Errc::io, "cannot write a pcap file: out of memory");
    // The buffer is OutputFile's, which has to know where packets end.
    setvbuf(stream, nullptr, _IONBF, 0);
    dumper_.reset(pcap_dump_fopen(pcap_.get(), stream));
    if (!dumper_)
        return fail(Errc::io, std::string{"cannot write a pcap file: "} + pcap_geterr(pcap_.get()));
    return file_->commit();
}

Result<void> PcapSink::write(const Record& record) {
    const std::int64_t time_ns = std::max<std::int64_t>(record.time_ns, 0);
    pcap_pkthdr header{};
    header.ts.tv_sec = time_ns / ns_per_second;
    header.ts.tv_usec = time_ns % ns_per_second; // nanoseconds, as asked for above
    split(record, [&](const Slice& slice) {
        packet_.assign(slice.header.begin(), slice.header.end());
        packet_.insert(packet_.end(), slice.bytes.begin(), slice.bytes.end());
        header.caplen = header.len = slice.length();
        pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header,
                  reinterpret_cast<const u_char*>(packet_.data()));
    });
    return file_->commit();
}

} // namespace

Result<std::unique_ptr<RecordSink>> write_pcap(std::unique_ptr<OutputFile> file) {
    auto sink = std::make_unique<PcapSink>(std::move(file));
    if (auto begun = sink->begin(); !begun)
        return tl::unexpected(begun.error());
    return sink;
}

} // namespace fusewire::files
