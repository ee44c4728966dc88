import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// How what went wrong is said to whoever named the address: in few words, and nothing of what lies behind them.
struct FaultWords {
    let host: String
    let seconds: Int

    func fault(_ error: any Error) -> OutboundFault {
        switch error {
        case let fault as OutboundFault: fault
        case is TimeLimit.Passed: late("did not answer within \(seconds) s")
        case let error as HTTPClientError where error == .deadlineExceeded:
            late("did not answer within \(seconds) s")
        case let error as HTTPClientError where [.connectTimeout, .tlsHandshakeTimeout].contains(error):
            late("could not be connected to in time")
        default: OutboundFault(.unreachable, "“\(host)” could not be reached: \(reason(error)).")
        }
    }

    private func late(_ words: String) -> OutboundFault {
        OutboundFault(.timedOut, "“\(host)” \(words).")
    }

    private func reason(_ error: any Error) -> String {
        switch error {
        case is CancellationError: "the request was canceled"
        case is SystemResolver.UnknownName: "its name was not found"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError, is Seal.OtherName:
            "no secure connection could be trusted"
        case is HTTPParserError: "what it answered is not HTTP"
        case let error as IOError where error.errnoCode == ECONNREFUSED: "the connection was refused"
        case is IOError, is ChannelError: "the connection broke"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the connection broke"
        default: "there was no answer"
        }
    }
}
