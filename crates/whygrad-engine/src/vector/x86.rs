//! Vectors of x86-64: AVX-512, and AVX2 with fused products.
//!
//! Every intrinsic below stands in a method of a value, which exists only where the instructions
//! do, or in an unsafe function whose caller says that they are there.

#[allow(clippy::wildcard_imports, reason = "some hundred intrinsics")]
use core::arch::x86_64::*;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Vector;
use crate::scalar::Scalar;

macro_rules! operators {
    ($name:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $xor:ident, $set1:ident) => {
        operators!(@ $name Add add $add);
        operators!(@ $name Sub sub $sub);
        operators!(@ $name Mul mul $mul);
        operators!(@ $name Div div $div);
        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { $name($xor(self.0, $set1(-0.0))) }
            }
        }
    };
    (@ $name:ident $operator:ident $method:ident $intrinsic:ident) => {
        impl $operator for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, b: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { $name($intrinsic(self.0, b.0)) }
            }
        }
    };
}

/// The part of [`Scalar`] that has one instruction each in both sets.
macro_rules! common {
    ($number:ty, $fraction:expr, $set1:ident, $fma:ident, $sqrt:ident, $max:ident, $min:ident) => {
        #[inline(always)]
        fn constant(self, value: f64) -> Self {
            // SAFETY: the value is there, so its instructions are.
            unsafe { Self($set1(value as $number)) }
        }
        #[inline(always)]
        fn fraction_bits(self) -> u32 {
            $fraction
        }
        #[inline(always)]
        fn fma(self, b: Self, c: Self) -> Self {
            // SAFETY: the value is there, so its instructions are.
            unsafe { Self($fma(self.0, b.0, c.0)) }
        }
        #[inline(always)]
        fn sqrt(self) -> Self {
            // SAFETY: the value is there, so its instructions are.
            unsafe { Self($sqrt(self.0)) }
        }
        // The instructions give the second argument where one is not a number or both are zero.
        #[inline(always)]
        fn larger(self, b: Self) -> Self {
            // SAFETY: the value is there, so its instructions are.
            unsafe { Self($max(self.0, b.0)) }
        }
        #[inline(always)]
        fn smaller(self, b: Self) -> Self {
            // SAFETY: the value is there, so its instructions are.
            unsafe { Self($min(self.0, b.0)) }
        }
    };
}

/// The part of [`Vector`] that is alike in both sets.
macro_rules! moved {
    ($number:ty, $lanes:expr, $set1:ident, $load:ident, $store:ident) => {
        type Number = $number;
        const LANES: usize = $lanes;
        #[inline(always)]
        unsafe fn splat(number: $number) -> Self {
            // SAFETY: the instructions are there, as the caller says.
            unsafe { Self($set1(number)) }
        }
        #[inline(always)]
        unsafe fn load(from: *const $number) -> Self {
            // SAFETY: so many numbers can be read, as the caller says.
            unsafe { Self($load(from)) }
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut $number) {
            // SAFETY: so many numbers can be written, as the caller says.
            unsafe { $store(to, self.0) }
        }
    };
}

macro_rules! avx512 {
    ($name:ident, $doc:expr, $inner:ty, $number:ty, $lanes:expr, $fraction:expr, $mask:ty,
     ($add:ident $sub:ident $mul:ident $div:ident $xor:ident $or:ident $and:ident $abs:ident $set1:ident $zero:ident $fma:ident
      $sqrt:ident $max:ident $min:ident $cmp:ident $blend:ident $round:ident $scalef:ident $getexp:ident
      $getmant:ident $load:ident $store:ident $maskload:ident $maskstore:ident), {$($own:item)*}) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub struct $name($inner);
        operators!($name, $add, $sub, $mul, $div, $xor, $set1);

        impl Scalar for $name {
            common!($number, $fraction, $set1, $fma, $sqrt, $max, $min);
            #[inline(always)]
            fn abs(self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($abs(self.0)) }
            }
            #[inline(always)]
            fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($blend($cmp::<_CMP_GT_OQ>(self.0, b.0), otherwise.0, then.0)) }
            }
            #[inline(always)]
            fn round(self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($round::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)) }
            }
            #[inline(always)]
            fn scale(self, n: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($scalef(self.0, n.0)) }
            }
            #[inline(always)]
            fn with_sign_of(self, b: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($or($abs(self.0), $and(b.0, $set1(-0.0)))) }
            }
            #[inline(always)]
            fn exponent(self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($getexp(self.0)) }
            }
            #[inline(always)]
            fn mantissa(self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($getmant::<_MM_MANT_NORM_1_2, _MM_MANT_SIGN_SRC>(self.0)) }
            }
        }

        impl Vector for $name {
            moved!($number, $lanes, $set1, $load, $store);
            const TILE: usize = 8;
            $($own)*
            #[inline(always)]
            unsafe fn load_part(from: *const $number, count: usize) -> Self {
                // SAFETY: what the mask leaves out is not read.
                unsafe { Self($maskload(((1u32 << count) - 1) as $mask, from)) }
            }
            #[inline(always)]
            unsafe fn store_part(self, to: *mut $number, count: usize) {
                // SAFETY: what the mask leaves out is not written.
                unsafe { $maskstore(to, ((1u32 << count) - 1) as $mask, self.0) }
            }
            #[inline(always)]
            fn where_positive(self, then: Self, otherwise: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($blend($cmp::<_CMP_GT_OQ>(self.0, $zero()), otherwise.0, then.0)) }
            }
            #[inline(always)]
            fn where_nan(self, then: Self, otherwise: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($blend($cmp::<_CMP_UNORD_Q>(self.0, self.0), otherwise.0, then.0)) }
            }
        }
    };
}

avx512!(F32x16, "Sixteen f32 of AVX-512.", __m512, f32, 16, 23, __mmask16,
    (_mm512_add_ps _mm512_sub_ps _mm512_mul_ps _mm512_div_ps _mm512_xor_ps _mm512_or_ps _mm512_and_ps _mm512_abs_ps _mm512_set1_ps
     _mm512_setzero_ps _mm512_fmadd_ps _mm512_sqrt_ps _mm512_max_ps _mm512_min_ps _mm512_cmp_ps_mask
     _mm512_mask_blend_ps _mm512_roundscale_ps _mm512_scalef_ps _mm512_getexp_ps _mm512_getmant_ps
     _mm512_loadu_ps _mm512_storeu_ps _mm512_maskz_loadu_ps _mm512_mask_storeu_ps), {
    #[inline(always)]
    fn quotient(self, b: Self) -> Self {
        if self.is_middling() && b.is_middling() { self.newton_quotient(b) } else { self / b }
    }
    #[inline(always)]
    fn root(self) -> Self {
        if self.is_middling() { self.newton_root() } else { self.sqrt() }
    }
});
avx512!(F64x8, "Eight f64 of AVX-512.", __m512d, f64, 8, 52, __mmask8,
    (_mm512_add_pd _mm512_sub_pd _mm512_mul_pd _mm512_div_pd _mm512_xor_pd _mm512_or_pd _mm512_and_pd _mm512_abs_pd _mm512_set1_pd
     _mm512_setzero_pd _mm512_fmadd_pd _mm512_sqrt_pd _mm512_max_pd _mm512_min_pd _mm512_cmp_pd_mask
     _mm512_mask_blend_pd _mm512_roundscale_pd _mm512_scalef_pd _mm512_getexp_pd _mm512_getmant_pd
     _mm512_loadu_pd _mm512_storeu_pd _mm512_maskz_loadu_pd _mm512_mask_storeu_pd), {});

/// A division or root of 16 numbers takes as long as some thirty products. A first guess of the
/// instruction set, made better as Newton does, and a last step with the exact remainder gives the
/// same bits (Markstein, Computation of elementary functions on the IBM RISC System/6000, 1990).
impl F32x16 {
    /// True where all numbers are from 2^-60 to 2^60 in size, so that nothing on the way overflows or
    /// loses digits.
    #[inline(always)]
    fn is_middling(self) -> bool {
        // SAFETY: the value is there, so its instructions are.
        unsafe {
            let size = _mm512_and_si512(_mm512_castps_si512(self.0), _mm512_set1_epi32(0x7fff_ffff));
            let above = _mm512_sub_epi32(size, _mm512_set1_epi32((127 - 60) << 23));
            _mm512_cmplt_epu32_mask(above, _mm512_set1_epi32(120 << 23)) == 0xffff
        }
    }

    #[inline(always)]
    fn newton_quotient(self, b: Self) -> Self {
        // SAFETY: the value is there, so its instructions are.
        unsafe {
            let one = _mm512_set1_ps(1.0);
            let mut inverse = _mm512_rcp14_ps(b.0);
            for _ in 0..2 {
                inverse = _mm512_fmadd_ps(_mm512_fnmadd_ps(b.0, inverse, one), inverse, inverse);
            }
            let quotient = _mm512_mul_ps(self.0, inverse);
            Self(_mm512_fmadd_ps(_mm512_fnmadd_ps(quotient, b.0, self.0), inverse, quotient))
        }
    }

    #[inline(always)]
    fn newton_root(self) -> Self {
        // SAFETY: the value is there, so its instructions are.
        unsafe {
            let half = _mm512_set1_ps(0.5);
            let guess = _mm512_rsqrt14_ps(self.0);
            let (root, other) = (_mm512_mul_ps(self.0, guess), _mm512_mul_ps(half, guess));
            let error = _mm512_fnmadd_ps(root, other, half);
            let (root, other) = (_mm512_fmadd_ps(root, error, root), _mm512_fmadd_ps(other, error, other));
            Self(_mm512_fmadd_ps(_mm512_fnmadd_ps(root, root, self.0), other, root))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::Level;

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
    fn every_fraction() {
        for first in (0..1u32 << 24).step_by(16) {
            let b: [f32; 16] = std::array::from_fn(|i| f32::from_bits((126 << 23) + first + i as u32));
            // SAFETY: the arrays have 16 numbers.
            let b = unsafe { F32x16::load(b.as_ptr()) };
            assert!(b.is_middling());
            let same = |x: F32x16, y: F32x16| {
                let (mut a, mut b) = ([0.0f32; 16], [0.0f32; 16]);
                // SAFETY: the arrays have room for 16 numbers.
                unsafe {
                    x.store(a.as_mut_ptr());
                    y.store(b.as_mut_ptr());
                }
                a.map(f32::to_bits) == b.map(f32::to_bits)
            };
            assert!(same(b.newton_root(), b.sqrt()), "the root of {b:?}");
            for i in 0..4u32 {
                let a = (first ^ (first >> 5)).wrapping_mul(0x9e37_79b9).wrapping_add(i * 0x3504_f334) >> 9;
                let a = b.constant(f64::from(f32::from_bits((127 << 23) + a)));
                assert!(same(a.newton_quotient(b), a / b), "{a:?} by {b:?}");
            }
        }
    }

    #[test]
    fn the_short_ways_to_quotients_and_roots_give_the_same_bits_for_every_fraction() {
        if Level::best() == Level::Avx512 {
            // SAFETY: the level is there.
            unsafe { every_fraction() };
        }
    }
}

macro_rules! avx2 {
    ($name:ident, $doc:expr, $inner:ty, $number:ty, $lanes:expr, $fraction:expr, $whole:ty,
     ($add:ident $sub:ident $mul:ident $div:ident $xor:ident $or:ident $and:ident $andnot:ident $set1:ident $zero:ident $fma:ident
      $sqrt:ident $max:ident $min:ident $cmp:ident $blend:ident $round:ident
      $load:ident $store:ident $maskload:ident $maskstore:ident)) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug)]
        pub struct $name($inner);
        operators!($name, $add, $sub, $mul, $div, $xor, $set1);

        impl $name {
            /// Each number by itself, for what has no instruction here.
            #[inline(always)]
            fn each(self, b: Self, f: impl Fn($number, $number) -> $number) -> Self {
                let (mut x, mut y) = ([0.0; $lanes], [0.0; $lanes]);
                // SAFETY: the arrays have room for the lanes, and the value is there.
                unsafe {
                    self.store(x.as_mut_ptr());
                    b.store(y.as_mut_ptr());
                    for (x, y) in x.iter_mut().zip(y) {
                        *x = f(*x, y);
                    }
                    Self::load(x.as_ptr())
                }
            }

            #[inline(always)]
            fn mask(count: usize) -> __m256i {
                let mut mask: [$whole; $lanes] = [0; $lanes];
                for (i, m) in mask.iter_mut().enumerate() {
                    *m = if i < count { -1 } else { 0 };
                }
                // SAFETY: any bits are such a vector, of the same size.
                unsafe { std::mem::transmute(mask) }
            }
        }

        impl Scalar for $name {
            common!($number, $fraction, $set1, $fma, $sqrt, $max, $min);
            #[inline(always)]
            fn abs(self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($andnot($set1(-0.0), self.0)) }
            }
            #[inline(always)]
            fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($blend(otherwise.0, then.0, $cmp::<_CMP_GT_OQ>(self.0, b.0))) }
            }
            #[inline(always)]
            fn round(self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($round::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)) }
            }
            #[inline(always)]
            fn scale(self, n: Self) -> Self {
                self.each(n, Scalar::scale)
            }
            #[inline(always)]
            fn with_sign_of(self, b: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($or($andnot($set1(-0.0), self.0), $and(b.0, $set1(-0.0)))) }
            }
            #[inline(always)]
            fn exponent(self) -> Self {
                self.each(self, |x, _| x.exponent())
            }
            #[inline(always)]
            fn mantissa(self) -> Self {
                self.each(self, |x, _| x.mantissa())
            }
        }

        impl Vector for $name {
            moved!($number, $lanes, $set1, $load, $store);
            const TILE: usize = 4;
            #[inline(always)]
            unsafe fn load_part(from: *const $number, count: usize) -> Self {
                // SAFETY: what the mask leaves out is not read.
                unsafe { Self($maskload(from, Self::mask(count))) }
            }
            #[inline(always)]
            unsafe fn store_part(self, to: *mut $number, count: usize) {
                // SAFETY: what the mask leaves out is not written.
                unsafe { $maskstore(to, Self::mask(count), self.0) }
            }
            #[inline(always)]
            fn where_positive(self, then: Self, otherwise: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($blend(otherwise.0, then.0, $cmp::<_CMP_GT_OQ>(self.0, $zero()))) }
            }
            #[inline(always)]
            fn where_nan(self, then: Self, otherwise: Self) -> Self {
                // SAFETY: the value is there, so its instructions are.
                unsafe { Self($blend(otherwise.0, then.0, $cmp::<_CMP_UNORD_Q>(self.0, self.0))) }
            }
        }
    };
}

avx2!(F32x8, "Eight f32 of AVX2.", __m256, f32, 8, 23, i32,
    (_mm256_add_ps _mm256_sub_ps _mm256_mul_ps _mm256_div_ps _mm256_xor_ps _mm256_or_ps _mm256_and_ps _mm256_andnot_ps _mm256_set1_ps
     _mm256_setzero_ps _mm256_fmadd_ps _mm256_sqrt_ps _mm256_max_ps _mm256_min_ps _mm256_cmp_ps
     _mm256_blendv_ps _mm256_round_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_maskload_ps
     _mm256_maskstore_ps));
avx2!(F64x4, "Four f64 of AVX2.", __m256d, f64, 4, 52, i64,
    (_mm256_add_pd _mm256_sub_pd _mm256_mul_pd _mm256_div_pd _mm256_xor_pd _mm256_or_pd _mm256_and_pd _mm256_andnot_pd _mm256_set1_pd
     _mm256_setzero_pd _mm256_fmadd_pd _mm256_sqrt_pd _mm256_max_pd _mm256_min_pd _mm256_cmp_pd
     _mm256_blendv_pd _mm256_round_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_maskload_pd
     _mm256_maskstore_pd));

/// A square of 16 times 16 f32 turned, in four rounds that exchange ever larger squares.
///
/// # Safety
/// AVX-512 is there; from each `from + i · stride`, and to each `to + i · out`, 16 numbers lie.
#[inline(always)]
pub(super) unsafe fn turn_16(from: *const f32, stride: usize, to: *mut f32, out: usize) {
    // SAFETY: as the caller says.
    unsafe {
        // Loops instead of closures: a closure is not always inlined where the instructions are.
        let mut r = [_mm512_setzero_ps(); 16];
        for (i, r) in r.iter_mut().enumerate() {
            *r = _mm512_loadu_ps(from.add(i * stride));
        }
        let mut t = r;
        for i in 0..8 {
            t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
            t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
        }
        for i in (0..16).step_by(4) {
            let low = (_mm512_castps_pd(t[i]), _mm512_castps_pd(t[i + 2]));
            let high = (_mm512_castps_pd(t[i + 1]), _mm512_castps_pd(t[i + 3]));
            r[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(low.0, low.1));
            r[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low.0, low.1));
            r[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high.0, high.1));
            r[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high.0, high.1));
        }
        // Now r[4 i + j] holds, in its four quarters, column j, 4 + j, 8 + j, 12 + j of rows 4 i to 4 i + 3.
        for j in 0..4 {
            let a = _mm512_shuffle_f32x4::<0x88>(r[j], r[4 + j]);
            let b = _mm512_shuffle_f32x4::<0xdd>(r[j], r[4 + j]);
            let c = _mm512_shuffle_f32x4::<0x88>(r[8 + j], r[12 + j]);
            let d = _mm512_shuffle_f32x4::<0xdd>(r[8 + j], r[12 + j]);
            _mm512_storeu_ps(to.add(j * out), _mm512_shuffle_f32x4::<0x88>(a, c));
            _mm512_storeu_ps(to.add((4 + j) * out), _mm512_shuffle_f32x4::<0x88>(b, d));
            _mm512_storeu_ps(to.add((8 + j) * out), _mm512_shuffle_f32x4::<0xdd>(a, c));
            _mm512_storeu_ps(to.add((12 + j) * out), _mm512_shuffle_f32x4::<0xdd>(b, d));
        }
    }
}
