package import CoreMetrics
import Synchronization

/// Keeps what swift-metrics is told and writes it as Prometheus text (exposition format 0.0.4).
package final class MetricsBook: MetricsFactory, Sendable {
    private let counters = Mutex<[Key: Tally]>([:])
    private let timers = Mutex<[Key: Spread]>([:])
    private let gauges = Mutex<[Key: Level]>([:])

    package init() {}

    struct Key: Hashable, Sendable {
        var name: String
        var labels: [Label]

        init(_ name: String, _ dimensions: [(String, String)]) {
            self.name = String(
                decoding: name.utf8.map { Self.isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
            labels = dimensions.map { Label(name: $0.0, value: $0.1) }
        }

        /// Whether a byte can stand in a metric's name.
        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
    }

    struct Label: Hashable, Sendable {
        var name: String
        var value: String
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counters.withLock { $0.entry(Key(label, dimensions), Tally()) }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate { return timers.withLock { $0.entry(Key(label, dimensions), Spread(scale: 1)) } }
        return gauges.withLock { $0.entry(Key(label, dimensions), Level()) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        timers.withLock { $0.entry(Key(label, dimensions), Spread(scale: 1e-9)) }
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// All of it as Prometheus text, in the order of names.
    func render() -> String {
        var text = ""
        for (name, rows) in Self.grouped(counters.withLock { $0.mapValues { Double($0.now) } }) {
            Self.write(&text, name, "counter", rows)
        }
        for (name, rows) in Self.grouped(gauges.withLock { $0.mapValues(\.now) }) {
            Self.write(&text, name, "gauge", rows)
        }
        let spreads = timers.withLock { $0.mapValues(\.now) }
        let names = Set(spreads.keys.map(\.name)).sorted()
        for name in names {
            text += "# TYPE \(name) summary\n"
            for (key, spread) in spreads.sorted(by: { $0.key.labels.description < $1.key.labels.description })
            where key.name == name {
                let labels = Self.labels(key.labels.map { ($0.name, $0.value) })
                text += "\(name)_sum\(labels) \(spread.sum)\n\(name)_count\(labels) \(spread.count)\n"
            }
        }
        return text
    }

    static func write(
        _ text: inout String, _ name: String, _ type: String, _ rows: [(labels: [(String, String)], value: Double)]
    ) {
        text += "# TYPE \(name) \(type)\n"
        for row in rows {
            let whole = Int64(exactly: row.value).map { "\($0)" }
            text += "\(name)\(labels(row.labels)) \(whole ?? "\(row.value)")\n"
        }
    }

    private static func grouped(
        _ values: [Key: Double]
    ) -> [(name: String, rows: [(labels: [(String, String)], value: Double)])] {
        Dictionary(grouping: values, by: \.key.name).sorted { $0.key < $1.key }.map { name, entries in
            let sorted = entries.sorted { $0.key.labels.description < $1.key.labels.description }
            return (name, sorted.map { ($0.key.labels.map { ($0.name, $0.value) }, $0.value) })
        }
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\")
                .replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }
}

extension Dictionary {
    fileprivate mutating func entry(_ key: Key, _ fresh: @autoclosure () -> Value) -> Value {
        if let value = self[key] { return value }
        let value = fresh()
        self[key] = value
        return value
    }
}
