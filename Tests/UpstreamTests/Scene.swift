import Domain
import Logging
import NIOCore
import NIOPosix
import Upstreams

/// A pool, one upstream in it, and the server that the test plays.
struct Scene: Sendable {
    static let key = "sk-rialto-0123456789-Secret/Part+End="

    let pool: UpstreamPool
    var settings: UpstreamSettings

    init(_ kind: UpstreamSettings.Kind, at address: String, streams: Bool = true, key: String? = Self.key) {
        pool = UpstreamPool(
            group: .singletonMultiThreadedEventLoopGroup, environment: key.map { ["MODEL_KEY": $0] } ?? [:],
            guide: Silence(), logger: Logger(label: "upstreams", factory: { _ in SwiftLogNoOpLogHandler() }))
        settings = UpstreamSettings(
            name: "gritti", kind: kind, url: kind == .openai ? address + "/v1" : address, keyVariable: "MODEL_KEY",
            streams: streams)
        // A machine that is busy must not end what the test waits for.
        settings.connectSeconds = 120
    }

    @discardableResult
    func ask(_ listener: Listener, _ prompt: Prompt = .hello, near place: (any Sendable)? = nil) -> any Asking {
        pool.upstream(for: settings).ask(prompt, near: place, into: listener)
    }

    /// Runs the scene and shuts its pool down.
    static func play(
        _ kind: UpstreamSettings.Kind = .openai, streams: Bool = true, key: String? = Self.key,
        script: (@Sendable (Exchange) -> Void)? = nil,
        _ body: (inout Scene, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer(script)
        var scene = Scene(kind, at: server.address, streams: streams, key: key)
        do {
            try await body(&scene, server)
            await scene.pool.shutdown()
        } catch {
            await scene.pool.shutdown()
            throw error
        }
        try await server.stop()
    }
}

/// An upstream that says nothing.
struct Silence: Upstream, Asking {
    func ask(_ prompt: Prompt, near place: (any Sendable)?, into answer: any Answer) -> any Asking { self }
    func cancel() {}
}

extension Prompt {
    static let hello = Prompt(model: "doge-7b", turns: [Turn(role: .user, parts: [.text("Who are you?")])])
}
