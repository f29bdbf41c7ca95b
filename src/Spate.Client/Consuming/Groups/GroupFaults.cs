namespace Spate.Client.Consuming.Groups;

/// <summary>What is wrong with the options that are about groups.</summary>
internal static class GroupFaults
{
    public static void Find(ConsumerOptions options, OptionFaults faults)
    {
        RequireText(faults, nameof(options.GroupId), options.GroupId);
        RequireText(faults, nameof(options.GroupInstanceId), options.GroupInstanceId);
        RequireText(faults, nameof(options.RemoteAssignor), options.RemoteAssignor);
        faults.RequirePositive(options.SessionTimeout, nameof(options.SessionTimeout));
        faults.RequirePositive(options.HeartbeatInterval, nameof(options.HeartbeatInterval));
        faults.RequirePositive(options.MaxPollInterval, nameof(options.MaxPollInterval));
        faults.RequirePositive(options.AutoCommitInterval, nameof(options.AutoCommitInterval));
        if (options.HeartbeatInterval >= options.SessionTimeout)
        {
            faults.Add($"HeartbeatInterval is {options.HeartbeatInterval.TotalMilliseconds} ms; it must be below SessionTimeout ({options.SessionTimeout.TotalMilliseconds} ms), a third of it at most to be safe.");
        }

        if (!Enum.IsDefined(options.GroupProtocol))
        {
            faults.Add($"GroupProtocol is {(int)options.GroupProtocol}; it must be Classic or Consumer.");
        }
        else if (options is { GroupProtocol: GroupProtocol.Classic, RemoteAssignor: not null })
        {
            faults.Add("RemoteAssignor is set, and in the classic protocol no broker assigns. Set GroupProtocol to Consumer, or choose Assignors.");
        }

        if (options.Assignors is not { Count: > 0 } assignors)
        {
            faults.Add("Assignors is empty; name one at least.");
        }
        else if (assignors.Any(static assignor => string.IsNullOrEmpty(assignor?.Name)))
        {
            faults.Add("Assignors has one without a name.");
        }
        else if (assignors.DistinctBy(static assignor => assignor.Name).Count() < assignors.Count)
        {
            faults.Add($"Assignors has two of one name ({string.Join(", ", assignors.Select(static assignor => assignor.Name))}).");
        }
    }

    private static void RequireText(OptionFaults faults, string name, string? value)
    {
        if (value is not null && string.IsNullOrWhiteSpace(value))
        {
            faults.Add($"{name} is empty; give it a name, or leave it null.");
        }
    }
}
