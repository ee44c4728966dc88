import AsyncHTTPClient
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
        case .openai: await kept(settings, ChatCompletionsFormat()).check()
        case .anthropic: await kept(settings, MessagesFormat()).check()
        }
    }
}

extension HTTPUpstream {
    private static let checkSeconds: Int64 = 5
    private static let listBytes = 8 << 20

    fileprivate func check() async -> UpstreamCheck {
        let request: HTTPClientRequest
        do throws(UpstreamFault) {
            request = try listRequest()
        } catch {
            return notAsked(error)
        }
        guard let client = clients.client(on: clients.loop(near: nil), for: settings) else {
            return notAsked(.stopping(settings.name))
        }
        do {
            let response = try await client.execute(request, timeout: .seconds(Self.checkSeconds))
            return read(response, try await response.body.collect(upTo: Self.listBytes))
        } catch {
            return unreachable(error)
        }
    }

    private func listRequest() throws(UpstreamFault) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: try url(format.modelsURL).absoluteString)
        request.headers = format.headers(try key.get())
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "rialto")
        return request
    }

    private func read(_ response: HTTPClientResponse, _ body: ByteBuffer) -> UpstreamCheck {
        let status = response.status.code
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
        if (error as? HTTPClientError) == .deadlineExceeded {
            return UpstreamCheck(
                .unreachable, "The upstream “\(settings.name)” did not answer within \(Self.checkSeconds) s.",
                mend: "Look at the upstream's own log, or correct the upstream's url.")
        }
        if error is NIOTooManyBytesError { return notAnAPI("answers with more than a list of models") }
        let trouble = ConnectionTrouble(error)
        let fault = trouble.fault(settings, hasBegun: false)
        if trouble == .notHTTP { return notAnAPI("does not speak HTTP") }
        return UpstreamCheck(
            .unreachable, fault.refusal.message,
            mend: "Start the server that it names, or correct the upstream's url.")
    }
}
