using System.Text;

namespace Spate.Broker.Configuration;

/// <summary>
/// How a variable of the environment names a setting, as in the container images of Kafka: behind <c>KAFKA_</c> or <c>SPATE_</c>, one
/// underline stands for a dot, two for an underline, three for a dash, and letters are small.
/// </summary>
internal static class EnvironmentNames
{
    /// <summary>What Kafka's own scripts and images read under the same prefix; none of it is a setting.</summary>
    private static readonly string[] Scripts = ["heap.opts", "opts", "jmx.", "log4j", "gc.log.opts", "jvm.", "debug", "home", "version", "scala", "cluster.id"];

    /// <summary>The setting that a variable behind a prefix names, or null where the variable is none of ours.</summary>
    public static string? SettingOf(string variable, string prefix)
    {
        if (!variable.StartsWith(prefix, StringComparison.Ordinal) || variable.Length == prefix.Length)
        {
            return null;
        }

        var name = new StringBuilder();
        for (var index = prefix.Length; index < variable.Length; index++)
        {
            if (variable[index] != '_')
            {
                name.Append(char.ToLowerInvariant(variable[index]));
                continue;
            }

            var run = 1;
            while (run < 3 && index + 1 < variable.Length && variable[index + 1] == '_')
            {
                run++;
                index++;
            }

            name.Append(run switch { 1 => '.', 2 => '_', _ => '-' });
        }

        var setting = name.ToString();
        return Scripts.Any(script => setting.StartsWith(script, StringComparison.Ordinal)) ? null : setting;
    }
}
