using System.Reflection;
using Spate.Protocol.Errors;

namespace Spate.Simulation.Worlds;

/// <summary>What of an answer matters to whoever reads a trace: its error, and the epoch that it tells. Slow, and only asked for when a trace is told.</summary>
internal static class AnswerText
{
    private static readonly string[] Telling = ["ErrorCode", "Error", "MemberId", "GenerationId", "MemberEpoch"];

    public static string Of(object? answer) => answer switch
    {
        null => "nothing",
        ErrorCode error => error.ToString(),
        System.Collections.IEnumerable many and not string => string.Join(' ', many.Cast<object>().Select(Of)),
        _ => string.Join(' ', Telling.Select(name => answer.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.GetValue(answer))
            .Where(static value => value is not null)),
    };
}
