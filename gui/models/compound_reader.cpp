#include "gui/models/compound_reader.h"

#include "dissector/opcodes.h"
#include "dissector/render/text.h"

#include <utility>

namespace fusewire::gui {

namespace {

QString nameOf(const Opcode* opcode, std::uint32_t number) {
    return opcode != nullptr ? QString::fromUtf8(opcode->name)
                             : CompoundReader::tr("opcode %1").arg(number);
}

CompoundPart wholeOf(const Decoded& decoded, const std::vector<TreeRow>& tree) {
    const Message& message = decoded.message;
    std::string summary;
    if (message.kind == MessageKind::reply)
        append_info(summary, decoded, {});
    CompoundPart part{nameOf(message.opcode, message.opcode_number),
                      QString::fromStdString(summary).trimmed(),
                      0,
                      message.length,
                      {}};
    const std::size_t end = message.subs.empty() ? tree.size() : message.subs[0].first_node;
    part.fields.assign(tree.begin(), tree.begin() + static_cast<std::ptrdiff_t>(end));
    return part;
}

CompoundPart partOf(const Message& message, const SubMessage& sub,
                    const std::vector<TreeRow>& tree) {
    std::string summary;
    append_operation(summary, message, sub, {});
    CompoundPart part{nameOf(sub.opcode, sub.opcode_number),
                      QString::fromStdString(summary).trimmed(),
                      sub.offset,
                      sub.length,
                      {}};
    part.fields.assign(tree.begin() + sub.first_node + 1, tree.begin() + sub.end_node);
    return part;
}

CompoundSide sideOf(FrameDecoder& decoder, Row row) {
    CompoundSide side;
    const auto decoded = decoder.decode(row);
    if (!decoded)
        return side;
    const Message& message = decoded->message;
    const std::vector<TreeRow> tree = tree_rows(message);
    side.row = row;
    side.frame = decoded->record.frame;
    side.parts.push_back(wholeOf(*decoded, tree));
    for (const SubMessage& sub : message.subs)
        side.parts.push_back(partOf(message, sub, tree));
    return side;
}

CompoundPtr readExchange(FrameDecoder& decoder, const FrameIndex& index, Row row) {
    auto exchange = std::make_shared<CompoundExchange>();
    exchange->asked = row;
    const FrameRow frame = index[row];
    const auto readInto = [&](Row at) {
        const MessageKind kind = index[at].kind;
        if (kind == MessageKind::request)
            exchange->request = sideOf(decoder, at);
        else if (kind == MessageKind::reply)
            exchange->reply = sideOf(decoder, at);
    };
    if (frame.has_partner())
        readInto(frame.partner);
    readInto(row); // the last one counts where both are requests
    return exchange;
}

} // namespace

CompoundReader::CompoundReader(std::shared_ptr<const Indexer> capture)
    : capture_(std::move(capture)) {
    qRegisterMetaType<CompoundPtr>();
    thread_ = std::thread([this] { run(); });
}

CompoundReader::~CompoundReader() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    asked_.notify_one();
    thread_.join();
}

void CompoundReader::ask(Row row) {
    {
        const std::lock_guard lock(mutex_);
        wanted_ = row;
    }
    asked_.notify_one();
}

void CompoundReader::run() {
    const auto decoder = capture_->decoder();
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return ends_ || wanted_; });
        if (ends_)
            return;
        const Row row = *std::exchange(wanted_, std::nullopt);
        lock.unlock();
        emit read(readExchange(*decoder, capture_->index(), row));
        lock.lock();
    }
}

} // namespace fusewire::gui
