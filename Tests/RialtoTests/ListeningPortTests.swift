import Domain
import NIOCore
import NIOPosix
import Testing

@testable import Rialto

/// What is said of an address that cannot be listened on: one line that a person understands.
@Suite struct ListeningPortTests {
    private func listen(_ host: String, _ port: Int) -> Settings.Listen {
        var listen = Settings().listen
        listen.host = host
        listen.port = port
        return listen
    }

    private func refusal(_ host: String, _ port: Int = 0) async -> Refusal? {
        await #expect(throws: Refusal.self) { try await ListeningPort.probe(listen(host, port)) }
    }

    @Test func aFreePortIsFound() async throws {
        #expect(try await ListeningPort.probe(listen("127.0.0.1", 0)) > 0)
    }

    @Test(arguments: ["no-such-host.invalid", "256.1.1.1", "a b", ""])
    func aHostThatIsNobodysNameIsNamed(_ host: String) async {
        let refusal = await refusal(host)
        #expect(refusal?.reason == .invalid)
        #expect(refusal?.message.hasPrefix("“\(host)” is no address that a server can listen on: ") == true)
    }

    @Test func anAddressOfAnotherMachineIsNamed() async {
        #expect(await refusal("192.0.2.1")?.message == "192.0.2.1 is no address of this machine.")
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func aPortInUseIsNamed(_ host: String) async throws {
        let other = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: host, port: 0).get()
        let port = other.localAddress?.port ?? 0
        let words = "Port \(port) is in use: something else listens on \(host):\(port)."
        #expect(await refusal(host, port) == Refusal(.conflict, words))
        try await other.close().get()
    }

    /// Who runs the tests may be allowed to listen anywhere, so the system's word is given to it here.
    @Test func aPortOfTheSystemIsNamed() {
        for code in [EACCES, EPERM] {
            let error = ListeningPort.refusal(IOError(errnoCode: code, reason: "bind"), listen("127.0.0.1", 80))
            let refusal = error as? Refusal
            #expect(refusal?.reason == .forbidden)
            #expect(refusal?.message.hasPrefix("Port 80 may not be listened on by this user") == true)
        }
    }

    @Test func whatIsUnknownIsSaidInTheSystemsWords() {
        let error = ListeningPort.refusal(IOError(errnoCode: ENOMEM, reason: "bind"), listen("::1", 8080))
        #expect((error as? Refusal)?.message.hasPrefix("[::1]:8080 cannot be listened on: ") == true)
    }
}
