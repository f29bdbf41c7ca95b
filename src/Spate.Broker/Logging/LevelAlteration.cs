using Microsoft.Extensions.Logging;
using Spate.Metadata.Control;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Logging;

/// <summary>IncrementalAlterConfigs on a broker's loggers (KIP-412): all the changes of a resource are made, or none.</summary>
internal static class LevelAlteration
{
    private const sbyte Set = 0;
    private const sbyte Delete = 1;

    /// <summary>Makes the changes, unless they are only to be looked at; tells why they cannot be made.</summary>
    public static ConfigFault? Alter(LeveledLogging logging, List<IncrementalAlterConfigsRequest.AlterableConfig> changes, bool validateOnly)
    {
        var levels = new Dictionary<string, LogLevel?>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (levels.ContainsKey(change.Name))
            {
                return Invalid($"The logger '{change.Name}' is given more than once.");
            }

            if (!logging.IsKnown(change.Name))
            {
                return new ConfigFault(ErrorCode.InvalidConfig, $"There is no logger '{change.Name}'; DescribeConfigs lists those there are.");
            }

            switch (change.ConfigOperation)
            {
                case Set when LevelNames.Find(change.Value) is { } level:
                    levels.Add(change.Name, level);
                    break;
                case Set:
                    return new ConfigFault(ErrorCode.InvalidConfig, $"'{change.Value}' is no level for the logger '{change.Name}'; there are {LevelNames.Valid}.");
                case Delete when change.Name == LeveledLogging.Root:
                    return Invalid("The level of the root cannot be deleted, only set.");
                case Delete:
                    levels.Add(change.Name, null);
                    break;
                default:
                    return Invalid($"The level of the logger '{change.Name}' can be set or deleted; nothing can be added to it or taken from it.");
            }
        }

        if (!validateOnly)
        {
            logging.Set(levels);
        }

        return null;
    }

    private static ConfigFault Invalid(string message) => new(ErrorCode.InvalidRequest, message);
}
