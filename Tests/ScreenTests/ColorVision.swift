import Foundation
import Screen

/// How the eye sees colours, as far as the tests of the themes need it.
enum ColorVision: CaseIterable {
  case ordinary
  /// No cones for long waves: red is dark.
  case protanopia
  /// No cones for middle waves.
  case deuteranopia

  /// What the eye makes of a colour, in linear light.
  ///
  /// Source: G. Machado, M. Oliveira, L. Fernandes, 2009, the matrices for severity 1.
  func seen(_ color: RGB) -> [Double] {
    let light = Self.linear(color)
    let matrix: [[Double]] =
      switch self {
      case .ordinary: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      case .protanopia:
        [
          [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
          [-0.003882, -0.048116, 1.051998],
        ]
      case .deuteranopia:
        [
          [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
          [-0.011820, 0.042940, 0.968881],
        ]
      }
    return matrix.map { row in min(max(zip(row, light).map(*).reduce(0, +), 0), 1) }
  }

  /// The distance of two colours for the eye: CIE 1976, where 2.3 is barely visible.
  func distance(_ a: RGB, _ b: RGB) -> Double {
    let (first, second) = (Self.lab(seen(a)), Self.lab(seen(b)))
    return zip(first, second).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
  }

  /// The contrast of two colours by WCAG 2: from 1 to 21.
  static func contrast(_ a: RGB, _ b: RGB) -> Double {
    let (first, second) = (luminance(linear(a)), luminance(linear(b)))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
  }

  private static func linear(_ color: RGB) -> [Double] {
    [color.red, color.green, color.blue].map { value in
      let part = Double(value) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
  }

  private static func luminance(_ light: [Double]) -> Double {
    0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
  }

  private static func lab(_ light: [Double]) -> [Double] {
    let rows: [[Double]] = [
      [0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505],
    ]
    let white = [0.9505, 1, 1.089]
    let parts = zip(rows, white).map { row, white in
      let value = zip(row, light).map(*).reduce(0, +) / white
      return value > 0.008856 ? cbrt(value) : 7.787 * value + 16 / 116
    }
    return [
      116 * parts[1] - 16, 500 * (parts[0] - parts[1]), 200 * (parts[1] - parts[2]),
    ]
  }
}
