package import Domain
import Foundation
import NIOCore
import NIOHTTP1
import Wire

/// Looking whether an upstream is there, without asking a model anything.
extension UpstreamPool {
    /// Lists the server's models, within 5 s.
    package func check(_ settings: UpstreamSettings) async -> UpstreamCheck {
        switch settings.kind {
        case .guide: UpstreamCheck(.reachable, "The guide is built in.")
        case .echo: UpstreamCheck(.reachable, "The echo is built in.")
        case .openai: await kept(settings, ChatCompletionsFormat()).check()
        case .anthropic: await kept(settings, MessagesFormat()).check()
        }
    }
}

extension HTTPUpstream {
    private static let checkSeconds: Int64 = 5
    private static let listBytes = 8 << 20

    fileprivate func check() async -> UpstreamCheck {
        let request: ServerRequest
        do throws(UpstreamFault) {
            request = try listRequest()
        } catch {
            return notAsked(error)
        }
        do {
            let response = try await ResponseCollector.ask(
                request, security, over: connections.shelf(near: nil), within: .seconds(Self.checkSeconds),
                limitBytes: Self.listBytes)
            return read(response.head.status.code, response.body)
        } catch {
            return unreachable(error)
        }
    }

    private func read(_ status: UInt, _ body: ByteBuffer) -> UpstreamCheck {
        switch status {
        case 200..<300: return readList(body)
        case 401, 403: return refused(status)
        case 408, 425, 429, 500...:
            return UpstreamCheck(
                .unreachable, "The upstream “\(settings.name)” answers with status \(status).",
                mend: "Look at the upstream's own log, or wait.")
        default: return notAnAPI("answers with status \(status) where its models should be listed")
        }
    }

    private func readList(_ body: ByteBuffer) -> UpstreamCheck {
        guard let json = try? JSON.parse(body), let list = json["data"]?.array ?? json["models"]?.array else {
            return notAnAPI("answers, but not with a list of models")
        }
        let models = list.compactMap { $0["id"]?.string }
        return UpstreamCheck(
            .reachable, "The upstream “\(settings.name)” answers and lists \(models.count) models.", models: models)
    }

    private func refused(_ status: UInt) -> UpstreamCheck {
        guard let variable = settings.keyVariable else {
            return UpstreamCheck(
                .keyRefused, "The upstream “\(settings.name)” asks for a key (\(status)).",
                mend: "Name the environment variable that holds its key: --key-env, or key_env in the config.")
        }
        return UpstreamCheck(
            .keyRefused, "The upstream “\(settings.name)” refused its key (\(status)).",
            mend: "Put a valid key into \(variable) and start the server again.")
    }

    private func notAnAPI(_ what: String) -> UpstreamCheck {
        UpstreamCheck(
            .notAnAPI, "The upstream “\(settings.name)” \(what).",
            mend: settings.kind == .openai
                ? "Its URL must be the base that ends in /v1, before /chat/completions."
                : "Its URL must be the base before /v1/messages.")
    }

    private func notAsked(_ fault: UpstreamFault) -> UpstreamCheck {
        guard let variable = settings.keyVariable, case .failure = key else {
            return UpstreamCheck(.unreachable, fault.refusal.message, mend: "Correct the upstream's url.")
        }
        return UpstreamCheck(
            .keyMissing, fault.refusal.message, mend: "Set \(variable) in the server's environment.")
    }

    private func unreachable(_ error: any Error) -> UpstreamCheck {
        switch error {
        case ExchangeFault.tooSlow:
            return UpstreamCheck(
                .unreachable, "The upstream “\(settings.name)” did not answer within \(Self.checkSeconds) s.",
                mend: "Look at the upstream's own log, or correct the upstream's url.")
        case ExchangeFault.tooLarge: return notAnAPI("answers with more than a list of models")
        default: break
        }
        let trouble = ConnectionTrouble(error)
        if trouble == .notHTTP { return notAnAPI("does not speak HTTP") }
        return UpstreamCheck(
            .unreachable, trouble.fault(settings, hasBegun: false).refusal.message,
            mend: "Start the server that it names, or correct the upstream's url.")
    }
}
