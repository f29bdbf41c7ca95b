using Spate.Protocol.Errors;
using Spate.Storage.Producers;

namespace Spate.Broker.Transactions;

/// <summary>What was found out about one partition of a transactional Produce.</summary>
/// <param name="Error">Why nothing may be appended; None when it may.</param>
/// <param name="Guard">What the append has to carry.</param>
internal readonly record struct AppendPermit(ErrorCode Error, VerificationGuard Guard);
