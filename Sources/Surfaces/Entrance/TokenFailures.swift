import Domain
import Synchronization

/// Counts wrong secrets per client and address, so that guessing is slow.
final class TokenFailures: Sendable {
    private struct Window {
        var began: Timestamp
        var count: Int
    }

    /// Callers remembered at most; past that the oldest minute is forgotten with all others.
    private static let mostCallers = 10_000

    private let perMinute: Int
    private let world: World
    private let windows = Mutex<[String: Window]>([:])

    init(perMinute: Int, world: World) {
        self.perMinute = perMinute
        self.world = world
    }

    /// - Returns: seconds to wait, if this caller has failed too often within a minute.
    func wait(for caller: String) -> Int? {
        let now = world.now()
        return windows.withLock { windows in
            guard let window = windows[caller], window.count >= perMinute else { return nil }
            let left = window.began.adding(seconds: 60).milliseconds - now.milliseconds
            guard left > 0 else {
                windows[caller] = nil
                return nil
            }
            return Int(left / 1000) + 1
        }
    }

    func note(_ caller: String) {
        let now = world.now()
        windows.withLock { windows in
            if windows.count >= Self.mostCallers { windows.removeAll() }
            let window = windows[caller] ?? Window(began: now, count: 0)
            let isOld = window.began.adding(seconds: 60) < now
            windows[caller] = Window(began: isOld ? now : window.began, count: isOld ? 1 : window.count + 1)
        }
    }
}
