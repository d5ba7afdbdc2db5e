// Fuzzes the pcap reader: the input is the file.
#include "capture/capture_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_whole.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fusewire;
    const fuzz::ExactCopy file(fuzz::Input(data, size).bytes(size));
    if (files::looks_like_pcap(file.bytes()))
        fuzz::read_whole(files::CaptureFile::open(files::ByteInput::over(file.bytes(), "input")));
    return 0;
}
