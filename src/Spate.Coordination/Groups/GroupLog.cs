using Microsoft.Extensions.Logging;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups;

/// <summary>What groups say in the log file.</summary>
internal static partial class GroupLog
{
    [LoggerMessage(1, LogLevel.Warning, "Records of type {Type} in __consumer_offsets are not understood and are passed over.")]
    public static partial void SkippedRecords(ILogger logger, short type);

    [LoggerMessage(2, LogLevel.Information, "Group {Group} begins a round after generation {Generation}: {Reason}.")]
    public static partial void RoundBegun(ILogger logger, string group, int generation, string reason);

    [LoggerMessage(3, LogLevel.Information, "Group {Group}: generation {Generation}, {Members} members, led by {Leader}, assigning by {Protocol}.")]
    public static partial void GenerationBegun(ILogger logger, string group, int generation, int members, string? leader, string? protocol);

    [LoggerMessage(4, LogLevel.Information, "Group {Group} has no members any more in generation {Generation}.")]
    public static partial void Emptied(ILogger logger, string group, int generation);

    [LoggerMessage(5, LogLevel.Information, "Member {Member} of group {Group} is removed: {Reason}.")]
    public static partial void MemberRemoved(ILogger logger, string member, string group, string reason);

    [LoggerMessage(6, LogLevel.Information, "Group {Group} goes to epoch {Epoch} with {Members} members, because of what member {Member} said or of changed topics.")]
    public static partial void EpochRaised(ILogger logger, string group, int epoch, int members, string member);

    [LoggerMessage(8, LogLevel.Information, "Group {Group} has become one of the consumer protocol, in epoch {Epoch}.")]
    public static partial void Upgraded(ILogger logger, string group, int epoch);

    [LoggerMessage(9, LogLevel.Information, "Group {Group} has become a classic one, after epoch {Epoch}.")]
    public static partial void Downgraded(ILogger logger, string group, int epoch);

    [LoggerMessage(10, LogLevel.Error, "The keeper of delivery state failed when it was asked for share group {Group}; it is asked again.")]
    public static partial void ShareStateFailed(ILogger logger, Exception failure, string group);

    [LoggerMessage(11, LogLevel.Warning, "Some delivery state of share group {Group} was neither initialized nor deleted ({Error}); that is tried again.")]
    public static partial void ShareStateRefused(ILogger logger, string group, ErrorCode error);

    [LoggerMessage(7, LogLevel.Warning, "The regular expression {Regex} of group {Group} is not understood ({Fault}) and matches no topic.")]
    public static partial void RegexNotUnderstood(ILogger logger, string group, string regex, string fault);
}
