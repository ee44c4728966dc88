import Domain
import Foundation
import Synchronization

/// A door that threads wait at until it is opened; it stays open.
final class Door: Sendable {
    private let bell = DispatchSemaphore(value: 0)

    func open() { bell.signal() }

    /// - Throws: after a minute, because nobody will open it any more.
    func pass() throws {
        guard bell.wait(timeout: .now() + 60) == .success else {
            throw Refusal(.unavailable, "The door stayed shut.")
        }
        bell.signal()
    }
}

/// Where threads wait until all of them are there; who comes later finds the door open.
final class Meeting: Sendable {
    private let missing: Mutex<Int>
    private let door = Door()

    init(of size: Int) {
        missing = Mutex(size)
    }

    func wait() throws {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { door.open() }
        try door.pass()
    }
}

/// How often some work was begun.
final class Passes: Sendable {
    private let begun = Mutex(0)

    var count: Int { begun.withLock { $0 } }

    /// - Returns: which time this is.
    func begin() -> Int {
        begun.withLock { begun in
            begun += 1
            return begun
        }
    }
}
