using System.Collections.ObjectModel;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Spate.Client;

/// <summary>Gathers what is wrong with a set of options, so that all of it is told at once.</summary>
internal sealed class OptionFaults : Collection<string>
{
    /// <summary>The longest time that the timers of the runtime take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    public void RequirePositive(TimeSpan value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < TimeSpan.FromMilliseconds(1) || value > Longest)
        {
            Add($"{name} is {Text(value)}; it must be from 1 ms to 24 days.");
        }
    }

    public void RequireNotNegative(TimeSpan value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < TimeSpan.Zero || value > Longest)
        {
            Add($"{name} is {Text(value)}; it must be from 0 to 24 days.");
        }
    }

    public void RequireRange(long value, long lowest, long highest, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < lowest || value > highest)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be from {lowest} to {highest}."));
        }
    }

    public void RequireValue(object? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is null)
        {
            Add($"{name} is null.");
        }
    }

    /// <exception cref="KafkaConfigurationException">There are faults.</exception>
    public void Throw(string options)
    {
        if (Count > 0)
        {
            throw new KafkaConfigurationException($"{options} cannot be used. {string.Join(' ', this)}");
        }
    }

    private static string Text(TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds} ms");
}
