/// A document's tree as it is being read, of which only that is kept which is too large to be one passage.
///
/// The entries lie side by side without a gap, so that nothing is lost: each goes to the beginning of the next.
struct Outline {
    /// How much goes into one passage, in tokens.
    struct Sizes {
        /// A place whose whole content is not more is one entry.
        var whole: Int
        /// Neighbours with names are one entry up to this.
        var neighbours: Int
        /// Neighbours without names, such as paragraphs, are one entry up to this.
        var nameless: Int
        /// What stands before the first child goes with it if it is not more.
        var opening: Int
        /// Whether that may be words, and not only a title or a bracket.
        var opensWithWords = false
    }

    private struct Frame {
        var name: Name
        var start: Int
        var place: Int
        var firstEntry: Int
        var children = 0
    }

    /// What is deeper than this is not told apart.
    private static let deepest = 1_000

    let text: SourceText
    private let sizes: Sizes
    private(set) var entries: [Entry] = []
    private(set) var places = Places()
    private var frames: [Frame]
    /// The places that are open below the deepest.
    private var unseen = 0

    init(of text: SourceText, _ sizes: Sizes) {
        self.text = text
        self.sizes = sizes
        frames = [Frame(name: .none, start: 0, place: Places.root, firstEntry: 0)]
    }

    /// How many have been begun in the innermost place.
    var children: Int { frames[frames.count - 1].children }

    /// Begins a place within the innermost.
    mutating func open(_ name: Name, at start: Int) {
        guard unseen == 0, frames.count < Self.deepest else {
            unseen += 1
            return
        }
        let parent = frames[frames.count - 1].place
        let start = opening(before: start) ?? begin(at: start)
        frames.append(
            Frame(name: name, start: start, place: places.add(name, under: parent), firstEntry: entries.count))
    }

    /// Ends the innermost place.
    mutating func close(at end: Int) {
        guard unseen == 0 else {
            unseen -= 1
            return
        }
        guard frames.count > 1, let frame = frames.popLast() else { return }
        let isLeaf = entries.count == frame.firstEntry
        guard isLeaf || text.tokens(in: frame.start..<max(frame.start, end)) <= sizes.whole else { return }
        entries.removeSubrange(frame.firstEntry...)
        places.forget(from: frame.place, isShared: frames[frames.count - 1].place == frame.place)
        append(frame.name, frame.start, end)
    }

    /// A place that has nothing in it.
    mutating func leaf(_ name: Name, _ start: Int, _ end: Int) {
        guard unseen == 0 else { return }
        append(name, begin(at: start), end)
    }

    /// - Returns: the entries of the whole document.
    mutating func finish() -> [Part] {
        unseen = 0
        while frames.count > 1 { close(at: text.count) }
        let isOne = text.tokens(in: 0..<text.count) <= sizes.whole && sizes.whole == sizes.neighbours
        if isOne || entries.isEmpty {
            return [Part(range: 0..<text.count, heading: "")]
        }
        return entries.indices.map { index in
            let start = index == 0 ? 0 : entries[index].start
            let end = index + 1 < entries.count ? entries[index + 1].start : text.count
            return Part(range: start..<end, heading: places.heading(of: entries[index], in: text))
        }
    }

    /// - Returns: where the child really begins: with what stands before it, if that is little.
    private mutating func begin(at start: Int) -> Int {
        let last = frames.count - 1
        frames[last].children += 1
        let frame = frames[last]
        guard frame.children == 1, frame.firstEntry == entries.count, start > frame.start else { return start }
        if text.tokens(in: frame.start..<start) <= sizes.opening || text.firstInk(in: frame.start..<start) == start {
            return frame.start
        }
        entries.append(Entry(start: frame.start, place: frame.place))
        return start
    }

    /// - Returns: where the few words begin that stand alone before the first child with a name.
    private mutating func opening(before start: Int) -> Int? {
        let frame = frames[frames.count - 1]
        guard sizes.opensWithWords, entries.count == frame.firstEntry + 1, let entry = entries.last,
            entry.isNameless, entry.place == frame.place, frames.count > 1,
            text.tokens(in: entry.start..<start) <= sizes.opening
        else { return nil }
        entries.removeLast()
        return entry.start
    }

    private mutating func append(_ name: Name, _ start: Int, _ end: Int) {
        let frame = frames[frames.count - 1]
        let entry = Entry(start: start, place: frame.place, name: name)
        let last = entries.count - 1
        if last >= frame.firstEntry, entries[last].place == frame.place {
            let limit = entries[last].isNameless && entry.isNameless ? sizes.nameless : sizes.neighbours
            if text.tokens(in: entries[last].start..<max(entries[last].start, end)) <= limit {
                entries[last].take(entry)
                return
            }
        }
        entries.append(entry)
    }
}
