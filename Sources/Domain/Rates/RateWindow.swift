/// So many requests in so much time.
package struct RateRule: Sendable, Equatable {
    package var requests: Int
    package var seconds: Int

    package init(requests: Int, seconds: Int) {
        self.requests = requests
        self.seconds = seconds
    }
}

/// The requests of the last stretch of time, counted in sixty slots. A slot counts until all of it is past, so that
/// there are never more requests within the time than there may be.
package struct RateWindow: Sendable, Equatable {
    private static let slots = 60

    private var newest: Int64 = 0
    private var counts = [UInt32](repeating: 0, count: slots)

    package init() {}

    /// From the bytes that it was kept as; anything else is an empty window.
    package init(bytes: [UInt8]) {
        guard bytes.count == 8 + 4 * Self.slots else { return }
        bytes.withUnsafeBytes { bytes in
            newest = Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
            counts = (0..<Self.slots).map {
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 + 4 * $0, as: UInt32.self))
            }
        }
    }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: newest.littleEndian, Array.init)
            + counts.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    }

    /// How far a caller has come.
    package struct Standing: Sendable, Equatable {
        package var rule: RateRule
        package var remaining: Int
        /// Until a request may come, where none may now; else until all may come again.
        package var resetSeconds: Int
        package var isRefused: Bool
    }

    /// Where a caller stands; nothing is counted.
    /// - Parameter weight: for how many a request counts.
    package mutating func standing(_ rule: RateRule, at now: Timestamp, weight: Int = 1) -> Standing {
        let slotMilliseconds = Self.slotMilliseconds(rule)
        advance(to: now.milliseconds / slotMilliseconds)
        let used = counts.reduce(0) { $0 + Int($1) }
        let isRefused = weight > rule.requests - used
        // A clock that lags behind another server's waits for as much longer.
        let end = (newest + 1 + Int64(slotsUntil(isRefused ? used - rule.requests + weight : used))) * slotMilliseconds
        let milliseconds = max(end - now.milliseconds, 1)
        // The newest slot is wider than the moment: nobody is told to wait for longer than the time itself.
        let seconds = min(Int((milliseconds + 999) / 1000), rule.seconds)
        return Standing(
            rule: rule, remaining: max(rule.requests - used, 0), resetSeconds: used == 0 ? 0 : seconds,
            isRefused: isRefused)
    }

    /// Counts a request, after `standing` at the same moment.
    package mutating func count(weight: Int = 1) {
        let sum = counts[Self.slots - 1].addingReportingOverflow(UInt32(clamping: weight))
        counts[Self.slots - 1] = sum.overflow ? .max : sum.partialValue
    }

    private static func slotMilliseconds(_ rule: RateRule) -> Int64 {
        // One slot is the one that is not over yet: the others cover the whole time.
        max((Int64(rule.seconds) * 1000 + Int64(slots) - 2) / Int64(slots - 1), 1)
    }

    /// The newest slot is the last. Time does not go back, whatever a server's clock says.
    private mutating func advance(to slot: Int64) {
        guard slot > newest else { return }
        let steps = Int(min(slot - newest, Int64(Self.slots)))
        counts.removeFirst(steps)
        counts.append(contentsOf: repeatElement(0, count: steps))
        newest = slot
    }

    /// How many slots pass before so many of those counted no longer count.
    private func slotsUntil(_ wanted: Int) -> Int {
        var left = wanted
        for (place, count) in counts.enumerated() {
            left -= Int(count)
            if left <= 0 { return place }
        }
        return Self.slots - 1
    }
}
