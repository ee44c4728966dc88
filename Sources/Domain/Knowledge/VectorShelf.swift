import Synchronization

/// The vectors of knowledge sources, kept in memory between searches as far as there is room, and searched exactly.
final class VectorShelf: Sendable {
    /// Vectors read in one transaction.
    private static let page = 1000

    /// The vectors of one source by one model, one after another.
    fileprivate struct Row: Sendable {
        var removals: Int64
        var newest: Int64 = 0
        var dimensions = 0
        var passages: [Int64] = []
        var values: [Float] = []
        var usedAt = 0

        var bytes: Int { values.count * MemoryLayout<Float>.size + passages.count * MemoryLayout<Int64>.size }
    }

    private struct Key: Hashable {
        var source: ID
        var model: String
    }

    private struct State {
        var rows: [Key: Row] = [:]
        var uses = 0
    }

    private let store: any Store
    private let limit: Int
    private let state = Mutex(State())

    init(store: any Store, bytes limit: Int) {
        self.store = store
        self.limit = limit
    }

    /// The passages whose vectors point most nearly the same way, the best first; the score is the cosine.
    func nearest(
        to vector: [Float], in sources: [Source], by model: String, limit: Int
    ) async throws -> [RankedPassage] {
        var best = Best(limit)
        for source in sources {
            var row = kept(Key(source: source.id, model: model), removals: source.removals)
            row.weigh(from: 0, against: vector, into: &best)
            var isAll = true
            while true {
                let (after, page) = (row.newest, Self.page)
                let more = try await store.read {
                    try $0.vectors(of: source.id, by: model, after: after, limit: page)
                }
                let start = row.passages.count
                row.add(more)
                row.weigh(from: start, against: vector, into: &best)
                if more.count < page { break }
                // What is too much to keep is looked at and let go.
                if row.bytes > self.limit {
                    row.letGo()
                    isAll = false
                }
            }
            if isAll { keep(row, as: Key(source: source.id, model: model)) }
        }
        return best.ranked
    }

    private func kept(_ key: Key, removals: Int64) -> Row {
        state.withLock { state in
            guard let row = state.rows[key], row.removals == removals else { return Row(removals: removals) }
            return row
        }
    }

    /// Those that were not used for the longest time make room.
    private func keep(_ row: Row, as key: Key) {
        state.withLock { state in
            state.uses += 1
            state.rows[key] = row
            state.rows[key]?.usedAt = state.uses
            while state.rows.values.reduce(0, { $0 + $1.bytes }) > limit,
                let oldest = state.rows.min(by: { $0.value.usedAt < $1.value.usedAt })
            {
                state.rows[oldest.key] = nil
            }
        }
    }
}

extension VectorShelf.Row {
    fileprivate mutating func add(_ vectors: [StoredVector]) {
        for vector in vectors {
            newest = vector.number
            let floats = vector.bytes.withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
            if dimensions == 0 { dimensions = floats.count }
            // A model of the same name that has become another is not compared with.
            guard floats.count == dimensions, dimensions > 0 else { continue }
            passages.append(vector.passage)
            values += floats
        }
    }

    fileprivate mutating func letGo() {
        passages.removeAll()
        values.removeAll()
    }

    fileprivate func weigh(from start: Int, against vector: [Float], into best: inout Best) {
        guard vector.count == dimensions, dimensions > 0 else { return }
        let count = dimensions
        values.withUnsafeBufferPointer { values in
            vector.withUnsafeBufferPointer { vector in
                for place in start..<passages.count {
                    let score = Self.product(values.baseAddress! + place * count, vector.baseAddress!, count)
                    best.offer(passages[place], Double(score))
                }
            }
        }
    }

    /// Eight at a time: the compiler makes vector instructions of it.
    private static func product(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ count: Int) -> Float {
        var sums = SIMD8<Float>()
        var place = 0
        while place + 8 <= count {
            let (a, b) = (UnsafeRawPointer(left + place), UnsafeRawPointer(right + place))
            sums += a.loadUnaligned(as: SIMD8<Float>.self) * b.loadUnaligned(as: SIMD8<Float>.self)
            place += 8
        }
        var sum = sums.sum()
        while place < count {
            sum += left[place] * right[place]
            place += 1
        }
        return sum
    }
}

/// The best few of many.
struct Best {
    private let limit: Int
    private var entries: [RankedPassage] = []

    init(_ limit: Int) {
        self.limit = limit
    }

    mutating func offer(_ passage: Int64, _ score: Double) {
        if entries.count == limit, let last = entries.last, score <= last.score { return }
        let place = entries.firstIndex { $0.score < score } ?? entries.endIndex
        entries.insert(RankedPassage(passage: passage, score: score), at: place)
        if entries.count > limit { entries.removeLast() }
    }

    var ranked: [RankedPassage] { entries }
}
