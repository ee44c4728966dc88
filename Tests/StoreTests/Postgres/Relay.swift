import Domain
import Foundation
import Synchronization

/// A stretch of cable between a store and its server, which a test can cut.
final class Relay: Sendable {
    private struct State {
        var listening: Int32?
        var ends: Set<Int32> = []
        var cutsAtAnswer = false
        var port: UInt16 = 0
    }

    /// The server's address, by way of this relay.
    let url: String
    private let target: UInt16
    private let state = Mutex(State())

    /// - Parameter url: names a host and a port.
    init(to url: String) throws {
        guard let server = URLComponents(string: url), let port = server.port, server.host == "127.0.0.1" else {
            throw Refusal(.unsupported, "RIALTO_TEST_POSTGRES has to name 127.0.0.1 and a port for this test.")
        }
        // What is written into a cable that has been cut must not end the process.
        _ = signal(SIGPIPE, SIG_IGN)
        target = UInt16(port)
        let (listening, own) = try Self.wait(at: 0)
        self.url = url.replacing("127.0.0.1:\(port)", with: "127.0.0.1:\(own)")
        state.withLock {
            $0.listening = listening
            $0.port = own
        }
        take(from: listening)
    }

    /// Takes no more connections, and ends those that there are.
    func down() {
        let (listening, ends) = state.withLock { state in
            defer { state.listening = nil }
            return (state.listening, state.ends)
        }
        if let listening {
            _ = shutdown(listening, Int32(SHUT_RDWR))
            close(listening)
        }
        for end in ends { _ = shutdown(end, Int32(SHUT_RDWR)) }
    }

    /// Takes connections again, at the same port.
    func up() throws {
        let (listening, _) = try Self.wait(at: state.withLock { $0.port })
        state.withLock { $0.listening = listening }
        take(from: listening)
    }

    /// What the server says next does not arrive: every connection ends instead.
    func cutAtNextAnswer() {
        state.withLock { $0.cutsAtAnswer = true }
    }

    private func take(from listening: Int32) {
        Thread {
            while true {
                let near = accept(listening, nil, nil)
                guard near >= 0 else { return }
                guard let far = try? Self.reach(self.target) else {
                    close(near)
                    continue
                }
                self.state.withLock { $0.ends.formUnion([near, far]) }
                Thread { self.carry(from: near, to: far, isAnswer: false) }.start()
                Thread { self.carry(from: far, to: near, isAnswer: true) }.start()
            }
        }.start()
    }

    private func carry(from source: Int32, to sink: Int32, isAnswer: Bool) {
        var bytes = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(source, &bytes, bytes.count)
            guard count > 0 else { break }
            let isCut =
                isAnswer
                && state.withLock { state in
                    defer { state.cutsAtAnswer = false }
                    return state.cutsAtAnswer
                }
            if isCut { break }
            guard write(sink, bytes, count) == count else { break }
        }
        _ = shutdown(source, Int32(SHUT_RDWR))
        _ = shutdown(sink, Int32(SHUT_RDWR))
        let isLast = state.withLock { $0.ends.remove(source) != nil && !$0.ends.contains(sink) }
        if isLast {
            close(source)
            close(sink)
        }
    }

    private static func wait(at port: UInt16) throws -> (end: Int32, port: UInt16) {
        let end = try makeEnd()
        var yes: Int32 = 1
        setsockopt(end, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = loopback(port)
        try withAddress(&address) { place, length in
            try check(bind(end, place, length.pointee))
            try check(listen(end, 64))
            try check(getsockname(end, place, length))
        }
        return (end, UInt16(bigEndian: address.sin_port))
    }

    private static func reach(_ port: UInt16) throws -> Int32 {
        let end = try makeEnd()
        var address = loopback(port)
        try withAddress(&address) { place, length in try check(connect(end, place, length.pointee)) }
        return end
    }

    private static func makeEnd() throws -> Int32 {
        #if os(Linux)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let end = socket(AF_INET, kind, 0)
        try check(end)
        return end
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) throws -> Void
    ) throws {
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { place in
            try place.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, &length) }
        }
    }

    private static func check(_ result: Int32) throws {
        guard result >= 0 else { throw Refusal(.unavailable, String(cString: strerror(errno))) }
    }
}
