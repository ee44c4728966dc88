import Domain
import Testing
import Upstreams

@Suite(.timeLimit(.minutes(2)))
struct CheckTests {
    @Test("A server that lists its models is reachable", arguments: [UpstreamSettings.Kind.openai, .anthropic])
    func reachable(kind: UpstreamSettings.Kind) async throws {
        try await Scene.play(kind) { scene, server in
            async let check = scene.pool.check(scene.settings)
            let exchange = await server.next()
            #expect(exchange.line == "GET /v1/models HTTP/1.1")
            #expect(exchange.header(kind == .openai ? "Authorization" : "x-api-key")?.hasSuffix(Scene.key) == true)
            exchange.answer(#"{"object":"list","data":[{"id":"doge-7b"},{"id":"doge-70b"}]}"#)
            #expect(
                await check
                    == UpstreamCheck(
                        .reachable, "The upstream “gritti” answers and lists 2 models.",
                        models: ["doge-7b", "doge-70b"]))
        }
    }

    @Test(
        "What is wrong is found",
        arguments: [
            ("401 No", "{}", UpstreamCheck.Finding.keyRefused), ("403 No", "{}", .keyRefused),
            ("404 No", "{}", .notAnAPI), ("200 OK", "<html>", .notAnAPI), ("200 OK", "{\"data\":3}", .notAnAPI),
            ("302 Found", "", .notAnAPI), ("503 Busy", "", .unreachable),
        ])
    func wrong(status: String, body: String, finding: UpstreamCheck.Finding) async throws {
        try await Scene.play(script: { $0.answer(status, body) }) { scene, _ in
            let check = await scene.pool.check(scene.settings)
            #expect(check.finding == finding)
            #expect(check.detail.contains("gritti"))
            #expect(check.mend != nil)
            #expect(!"\(check)".contains("Secret"))
        }
    }

    @Test("A missing key is found before anyone is asked")
    func missingKey() async throws {
        try await Scene.play(key: nil) { scene, _ in
            let check = await scene.pool.check(scene.settings)
            #expect(check.finding == .keyMissing)
            #expect(check.mend == "Set MODEL_KEY in the server's environment.")
        }
    }

    @Test("A server that asks for a key where none is named is told so")
    func noVariable() async throws {
        try await Scene.play(script: { $0.answer("401 No", "{}") }) { scene, _ in
            scene.settings.keyVariable = nil
            let check = await scene.pool.check(scene.settings)
            #expect(check.detail == "The upstream “gritti” asks for a key (401).")
        }
    }

    @Test("A server that is not there is unreachable, one that does not answer too")
    func unreachable() async throws {
        let server = try await ScriptedServer()
        let scene = Scene(.openai, at: server.address)
        let silent = await scene.pool.check(scene.settings)
        #expect(silent.finding == .unreachable)
        #expect(silent.detail == "The upstream “gritti” did not answer within 5 s.")
        try await server.stop()
        let gone = await scene.pool.check(scene.settings)
        #expect(gone.finding == .unreachable)
        await scene.pool.shutdown()
    }

    @Test("A server that speaks something else is no API")
    func notHTTP() async throws {
        try await Scene.play(script: { $0.send("220 ready for mail\r\n") }) { scene, _ in
            #expect(await scene.pool.check(scene.settings).finding == .notAnAPI)
        }
    }

    @Test("The guide is always there")
    func guide() async throws {
        try await Scene.play { scene, _ in
            #expect(await scene.pool.check(.guide).isReachable)
        }
    }
}
