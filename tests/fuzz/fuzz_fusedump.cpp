// Fuzzes the fusedump importer: the input is the file.
#include "capture/byte_input.h"
#include "capture/import.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_whole.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fusewire;
    const fuzz::ExactCopy file(fuzz::Input(data, size).bytes(size));
    fuzz::read_whole(
        files::open_import(files::ByteInput::over(file.bytes(), "input"), ImportFormat::fusedump));
    return 0;
}
