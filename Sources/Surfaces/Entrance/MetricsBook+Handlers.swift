import CoreMetrics
import Synchronization

extension MetricsBook {
    /// A counter.
    final class Tally: CounterHandler, Sendable {
        private let count = Atomic<Int64>(0)
        var now: Int64 { count.load(ordering: .relaxed) }
        func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
        func reset() { count.store(0, ordering: .relaxed) }
    }

    /// A gauge.
    final class Level: RecorderHandler, Sendable {
        private let value = Mutex(0.0)
        var now: Double { value.withLock { $0 } }
        func record(_ value: Int64) { record(Double(value)) }
        func record(_ value: Double) { self.value.withLock { $0 = value } }
    }

    /// Sum and count of what was recorded, in seconds for timers.
    final class Spread: TimerHandler, RecorderHandler, Sendable {
        private let scale: Double
        private let total = Mutex((sum: 0.0, count: 0))

        init(scale: Double) {
            self.scale = scale
        }

        var now: (sum: Double, count: Int) { total.withLock { $0 } }
        func recordNanoseconds(_ duration: Int64) { add(Double(duration)) }
        func record(_ value: Int64) { add(Double(value)) }
        func record(_ value: Double) { add(value) }

        private func add(_ value: Double) {
            total.withLock {
                $0.sum += value * scale
                $0.count += 1
            }
        }
    }
}
